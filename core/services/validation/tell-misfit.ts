import type { OutputUnit } from '@cfworker/json-schema';
import { maxFaults, type TellMisfit } from './check-value.ts';
import { explainErrors } from './explain-errors.ts';
import { valueAt } from './follow-location.ts';

/** Of the places of all faults together: names as long as texts would not fit in memory once for each fault. */
const maxPointerCharacters = 5_000_000;

/** Tells every fault by its place and keyword, up to 1,000. */
export const tellMisfit: TellMisfit = ({ compiled, value, errors, root }) => {
  const about = { compiled, valueAt: (pointer: string) => valueAt(value, pointer) ?? null };
  const distinct = new Map(
    explainErrors(about, firstOf(errors)).map((fault) => [
      `${fault.pointer}\n${fault.keyword}\n${fault.detail}`,
      fault,
    ]),
  );
  const faults = [...distinct.values()].slice(0, maxFaults);
  // Each error must come out as a fault, or a value that is refused would pass.
  if (faults.length === 0) faults.push({ pointer: '', detail: 'does not fit the schema', keyword: 'schema' });
  return faults.map((fault) => ({ ...fault, pointer: `${root}${fault.pointer}` }));
};

/** The length of a text is known before the text is put together from its parts. */
function firstOf(errors: readonly OutputUnit[]): readonly OutputUnit[] {
  let charactersLeft = maxPointerCharacters;
  const end = errors.findIndex(({ instanceLocation }, index) => {
    charactersLeft -= instanceLocation.length;
    return charactersLeft < 0 && index > 0;
  });
  return end === -1 ? errors : errors.slice(0, end);
}
