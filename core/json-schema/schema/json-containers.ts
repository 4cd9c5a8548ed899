/**
 * How many objects and arrays a JSON text has, read off the text: parsing `[{},{},...]` takes some 60 bytes of memory for
 * every 3 of the text. Text in quotes does not count; what is no JSON has some number too.
 */
export function countContainers(json: string): number {
  let containers = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === openBrace || code === openBracket) containers += 1;
    else if (code === quote) at = endOfText(json, at);
  }
  return containers;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const openBrace = 0x7b;

/** Where the quote is that ends the text which begins at a quote. */
export function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== quote) at += json.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}
