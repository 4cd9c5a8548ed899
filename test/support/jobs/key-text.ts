import fc from 'fast-check';
import { jobIdAt } from './job-id.ts';

/** Characters that a key could treat as a separator or a bound, and the lowest and highest code points of 1 to 4 bytes. */
const marks = [
  ...['#', '##', '/', ':', '@', ',', '\n', ' ', '!', '"', '$', '-', '.', '~', '0', '9', 'A', 'z'],
  ...['\0', '\u007f', '\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'],
  ...['N#', 'J#', 'S#', '#named', `#${jobIdAt(0)}`, jobIdAt(5), `#${jobIdAt(2 ** 42)}`],
] as const;

/** Text that becomes part of keys: the given texts alone, together, and with all characters that could split a key. */
export function keyText(words: readonly [string, ...string[]]): fc.Arbitrary<string> {
  const part = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...marks));
  return fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
}
