/** Parameters of a query that grant access by themselves. */
const secretParameter =
  /^(?:x-(?:amz|goog)-.*|awsaccesskeyid|googleaccessid|key-pair-id|key|.*(?:sig|signature|token|secret|password|passwd|pwd|credentials?|api[-_]?key|auth|authorization))$/i;
/** What Azure, CloudFront and the older S3 sign along with the path: part of a grant where there is a signature, else anybody's words. */
const signedParameter = /^(?:policy|expires|se|st|sp|sv|sr|ss|srt|spr|sip|skoid|sktid|skt|ske|sks|skv)$/i;
const signature = /^(?:sig|signature)$/i;

/** A URL without user, password, fragment and what else grants access: for messages, manifests and `checksums.tsv`. */
export function cleanUrl(address: URL): string {
  const clean = new URL(address);
  clean.username = '';
  clean.password = '';
  clean.hash = '';
  if (clean.search === '') return clean.href;
  // Kept as they are written, not as URLSearchParams would write them: this text is a key.
  const parts = clean.search.slice(1).split('&');
  const isSigned = parts.some((part) => signature.test(nameOf(part)));
  const kept = parts.filter((part) => {
    const name = nameOf(part);
    return !secretParameter.test(name) && !(isSigned && signedParameter.test(name));
  });
  clean.search = kept.join('&');
  return clean.href;
}

function nameOf(part: string): string {
  return decoded((part.split('=', 1)[0] ?? '').replaceAll('+', ' '));
}

/** The last part of a URL's path, decoded where it can be. */
export function lastPart(address: URL): string {
  return decoded(address.pathname.split('/').findLast((piece) => piece !== '') ?? '');
}

/** A part of a URL without its %-escapes, where they are some. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not UTF-8, or no escapes: taken as it is.
    return part;
  }
}
