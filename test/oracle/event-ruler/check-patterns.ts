/*
Compares the local runtime's event patterns with Event Ruler, the library with which EventBridge matches events: every operator with
every kind of value, and random patterns of nested objects, with events made to match them often.
Needs mvn and a JDK (17 or later).
Usage: node test/oracle/event-ruler/check-patterns.ts [SEED]; the seed is printed.
Exits with 1 when a verdict differs, a known difference is none any more, or an operator was not seen to match and not to match.
*/
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { compileEventPattern, type EventMatcher } from '../../../local/events/event-pattern.ts';
import { javaLibraries } from '../../support/processes/java-libraries.ts';
import { knownDifferences } from './known-differences.ts';
import type { PatternCase } from './pattern-case.ts';
import { structureCases } from './structure-cases.ts';
import { valueCases } from './value-cases.ts';

const seed = Number(process.argv[2] ?? 1);
const randomPatterns = 1000;
/** More are counted, but not printed. */
const printedFaults = 40;

/** The verdict on each event; null if the pattern is refused. */
type Verdicts = readonly boolean[] | null;

function rulerVerdicts(cases: readonly PatternCase[]): readonly Verdicts[] {
  const command = [
    '-cp',
    javaLibraries(import.meta.dirname),
    join(import.meta.dirname, 'MatchPatterns.java'),
  ];
  const input = cases.map(({ pattern, events }) => `${JSON.stringify({ pattern, events })}\n`).join('');
  const output = execFileSync('java', command, { input, maxBuffer: 2 ** 28, timeout: 120_000 }).toString();
  const lines = output.trimEnd().split('\n');
  if (lines.length !== cases.length) throw new Error(`${lines.length} results for ${cases.length} patterns`);
  return lines.map((line) => JSON.parse(line) as Verdicts); // the form that the program prints
}

function localVerdicts({ pattern, events }: PatternCase): Verdicts {
  let matches: EventMatcher;
  try {
    matches = compileEventPattern(JSON.parse(pattern), 'Pattern');
  } catch {
    return null;
  }
  return events.map((event) => matches(JSON.parse(event)));
}

interface Count {
  patterns: number;
  refused: number;
  matching: number;
  other: number;
  faults: number;
}

const counts = new Map<string, Count>();
let faults = 0;

function report(group: string, text: string): void {
  faults += 1;
  if (faults <= printedFaults) console.log(`WRONG  ${group}: ${text}`);
}

function compare({ group, pattern, events }: PatternCase, ours: Verdicts, theirs: Verdicts): void {
  const count = counts.get(group) ?? { patterns: 0, refused: 0, matching: 0, other: 0, faults: 0 };
  counts.set(group, count);
  count.patterns += 1;
  if (theirs === null) count.refused += 1;
  const before = faults;
  if (ours === null || theirs === null) {
    if (ours !== theirs)
      report(group, `${pattern} is refused by ${ours === null ? 'Errand' : 'Event Ruler'} only`);
  } else
    for (const [index, event] of events.entries()) {
      count[theirs[index] ? 'matching' : 'other'] += 1;
      if (ours[index] !== theirs[index])
        report(group, `${pattern} ${theirs[index] ? 'matches' : 'does not match'} ${event}`);
    }
  count.faults += faults - before;
}

console.log(`seed ${seed}`);
const cases = [...valueCases(), ...structureCases(seed, randomPatterns)];
const known = knownDifferences.map(({ reason, pattern, event }) => ({
  group: reason,
  pattern,
  events: [event],
}));
const theirs = rulerVerdicts([...cases, ...known]);
for (const [index, one] of cases.entries()) compare(one, localVerdicts(one), theirs[index] ?? null);

console.table(Object.fromEntries(counts));
for (const [group, { refused, patterns, matching, other }] of counts) {
  if (refused < patterns && (matching === 0 || other === 0)) report(group, 'has only one verdict');
}
for (const [index, one] of known.entries()) {
  const same = JSON.stringify(localVerdicts(one)) === JSON.stringify(theirs[cases.length + index]);
  if (same) report(one.group, `${one.pattern} and ${one.events[0]} are no difference any more`);
  else console.log(`Known difference, ${one.group}: ${one.pattern} and ${one.events[0]}`);
}
const verdicts = [...counts.values()].reduce(
  (sum, { matching, other, refused }) => sum + matching + other + refused,
  0,
);
console.log(`${cases.length} patterns, ${verdicts} verdicts, ${faults} faults`);
if (faults > 0) process.exitCode = 1;
