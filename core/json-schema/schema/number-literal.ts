/** Longer literals are cut in an error's text. */
const maxShownCharacters = 40;

/**
 * What is wrong with a number literal of valid JSON, undefined when nothing is. An integer literal (digits only) is refused
 * when the double that it is parsed to is written back with another value, every other literal only beyond the range of a
 * double. So each accepted integer arrives with its value: 2^60 is a double, but JavaScript writes it as
 * 1152921504606847000.
 */
export function numberFault(literal: string): string | undefined {
  const number = Number(literal);
  if (!Number.isFinite(number))
    return `must be a number within the range of a double, not ${shown(literal)}; send it as a string`;
  if (Number.isSafeInteger(number) || /[.e]/i.test(literal)) return undefined;
  if (significant(literal) === significant(number.toExponential().replace('.', ''))) return undefined;
  return `must be an integer that a double represents exactly, as it does all within ±(2^53 - 1), not ${shown(literal)}; send it as a string`;
}

/** The digits before the zeros at the end, without sign and exponent; two numbers with one double have one magnitude. */
function significant(number: string): string {
  return number.replace(/^-|0*(?:e.*)?$/g, '');
}

function shown(literal: string): string {
  return literal.length <= maxShownCharacters ? literal : `${literal.slice(0, maxShownCharacters)}...`;
}
