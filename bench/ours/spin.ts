/** A fixed amount of arithmetic, about two seconds. */
let value = 0.5;
for (let i = 0; i < 300_000_000; i++) value = Math.sqrt(value * value + (i & 1023));
console.log(JSON.stringify({ value }));
