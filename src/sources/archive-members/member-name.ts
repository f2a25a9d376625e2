/** How messages call a member of an archive: `images.zip!/cats/1.png`. */
export function memberName(archive: string, path: string): string {
  return `${archive}!/${path}`;
}
