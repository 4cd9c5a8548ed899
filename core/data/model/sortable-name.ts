const maxSortableBytes = 984;

/**
 * The part of a name by which lists by names are sorted: its first 984 bytes in UTF-8, without a character that is cut. Together
 * with an ID, it fits into a sort key of 1,024 bytes.
 */
export function sortableName(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= maxSortableBytes) return name;
  let end = maxSortableBytes;
  // A byte 10xxxxxx continues a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
