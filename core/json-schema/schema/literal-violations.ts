import type { Violation } from '../../contract/problems/problem-schema.ts';
import { endOfString } from './json-containers.ts';
import { numberViolation } from './number-literal.ts';
import { addViolation, emptyViolationList, isFull, type ViolationList } from './violation-list.ts';

/**
 * An open array or object. The position in an array is an index, the position in an object is a member name.
 */
interface Frame {
  position: string | number;
  /**
   * Set from the second member of an object on: most nested objects have one, and a set for each takes too
   * much memory.
   */
  names?: Set<string>;
  expectsName: boolean;
  hasMember: boolean;
}

interface Scan {
  readonly json: string;
  readonly frames: Frame[];
  readonly found: ViolationList;
}

/**
 * Returns the first 1,000 places where `JSON.parse` would change the value of valid JSON: a duplicate member
 * name, an integer that a double cannot represent, and a number beyond the range of a double (see
 * `numberViolation`). Scans the text once: a reviver with `context.source` takes up to twenty times as long.
 */
export function literalViolations(json: string): readonly Violation[] {
  const scan: Scan = { json, frames: [], found: emptyViolationList() };
  for (let at = 0; at < json.length && !isFull(scan.found); ) at = scanToken(scan, at);
  return scan.found.violations;
}

/** Scans the token at an offset and returns the offset after it. */
function scanToken(scan: Scan, at: number): number {
  const character = scan.json[at] ?? '';
  if (character === '"') return scanText(scan, at);
  if (character === '-' || isDigit(character)) return scanNumber(scan, at);
  if (character === '{') scan.frames.push({ position: '', expectsName: true, hasMember: false });
  else if (character === '[') scan.frames.push({ position: 0, expectsName: false, hasMember: true });
  else if (character === '}' || character === ']') scan.frames.pop();
  else if (character === ',') nextPosition(scan.frames.at(-1));
  return at + 1;
}

function nextPosition(frame: Frame | undefined): void {
  if (typeof frame?.position === 'number') frame.position += 1;
  else if (frame) frame.expectsName = true;
}

function scanText(scan: Scan, start: number): number {
  const end = endOfString(scan.json, start) + 1;
  const frame = scan.frames.at(-1);
  if (!frame?.expectsName) return end;
  const text = scan.json.slice(start, end);
  const name: string = text.includes('\\') ? JSON.parse(text) : text.slice(1, -1);
  // The position is still the name of the previous member.
  if (frame.hasMember) frame.names ??= new Set([String(frame.position)]);
  frame.position = name;
  frame.expectsName = false;
  frame.hasMember = true;
  if (frame.names?.has(name))
    report(
      scan,
      'must have a unique name: an earlier member of the same object has this name',
      'uniqueNames',
    );
  frame.names?.add(name);
  return end;
}

function scanNumber(scan: Scan, start: number): number {
  const { json } = scan;
  let end = start + 1;
  while (isDigit(json[end]) || '.eE+-'.includes(json[end] ?? ' ')) end += 1;
  const violation = numberViolation(json.slice(start, end));
  if (violation !== undefined) report(scan, violation, 'type');
  return end;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

function report({ frames, found }: Scan, detail: string, keyword: string): void {
  addViolation(found, ['', ...frames.map(({ position }) => position)], { detail, keyword });
}
