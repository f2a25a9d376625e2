const comments: readonly (readonly [stars: number, mood: string, comment: string])[] = [
  [5, 'positive', 'Arrived a day early, and it fits.'],
  [1, 'negative', 'The box was empty.'],
  [3, 'neutral', 'It is a chair.'],
  [4, 'positive', 'Warmer than it looks.'],
  [2, 'negative', '"Waterproof", says the label. It is not.'],
  [3, 'neutral', 'Bought it for my brother, who has not said anything.'],
  [5, 'positive', 'My third one in ten years.'],
  [1, 'negative', 'Two left shoes.'],
  [4, 'positive', 'Good value.'],
  [3, 'neutral', 'Colour differs a little from the picture.'],
];
/** Enough that a split of one in five is not empty. */
const rows = Array.from({ length: 50 }, (_, index) => {
  const [stars, mood, comment] = comments[index % comments.length] ?? [3, 'neutral', ''];
  return { id: `c${String(index + 1).padStart(3, '0')}`, stars, mood, comment };
});

/** The data that a new data set comes with. */
export const commentsFile = [
  'id,stars,mood,comment',
  ...rows.map(({ id, stars, mood, comment }) => `${id},${stars},${mood},"${comment.replaceAll('"', '""')}"`),
  '',
].join('\n');

export const commentsSummary =
  'Comments of customers on what they bought, with their rating and the mood of the comment.';

/** The words in it are an example that the author overwrites; it shows each thing that a data set says of itself. */
export const commentsSchema = `const schema = features({
  comment: text({ description: 'What the customer wrote.', caveats: 'Not every customer writes one.' }),
  stars: scalar('int32', { description: 'How the customer rated the purchase.', unit: 'stars', range: [1, 5] }),
  mood: classLabel({ names: ['negative', 'neutral', 'positive'], description: 'How a reviewer read the comment.' }),
});
`;

export const commentsInfo = `
  override info() {
    return {
      description: '${commentsSummary}',
      features: schema,
      supervisedKeys: ['comment', 'mood'] as const,
      license: 'CC0-1.0',
    };
  }
`;

export const commentsTest = { split: 'train', holds: `    assert.notEqual(example.comment, '');\n` };

export const commentsCard = {
  license: 'CC0-1.0',
  example: 'One comment.',
  splits: 'A comment belongs to `train` or `test` by a hash of its id, so that it stays there in every later version.',
};
