import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { submitHint } from '../../cli/dev/submit-hint.ts';
import { parseInput, parseReuse, parseWait, withOptionalWait } from '../../cli/submit/submit-options.ts';

test('an input is a file after an at sign, and otherwise a data object', () => {
  expect(parseInput('table=@a=b.csv')).toEqual({ slot: 'table', path: resolve('a=b.csv') });
  expect(parseInput('table=urn:errand:data:1')).toEqual({ slot: 'table', dataId: 'urn:errand:data:1' });
  for (const wrong of ['', 'table', 'table=', '=@x', 'table=@'])
    expect(() => parseInput(wrong)).toThrow(`--input ${wrong}: `);
});

test('the seconds of --wait are optional', () => {
  expect(withOptionalWait(['a', '--wait', '--json'])).toEqual(['a', '--wait=', '--json']);
  expect(withOptionalWait(['a', '--wait'])).toEqual(['a', '--wait=']);
  expect(withOptionalWait(['a', '--wait', '20'])).toEqual(['a', '--wait', '20']);
  expect(parseWait('')).toBe(Number.POSITIVE_INFINITY);
  expect(parseWait('20')).toBe(20);
  expect(() => parseWait('-1')).toThrow('--wait -1: give a whole number of seconds');
});

test('the age of --reuse is a whole number of seconds', () => {
  expect(parseReuse('3600')).toBe(3600);
  for (const wrong of ['', '-1', '1.5', '1h'])
    expect(() => parseReuse(wrong)).toThrow(`--reuse ${wrong}: give the maximum age`);
});

test('a service with input slots has a command that submits a file', () => {
  expect(submitHint({ name: 'thumbnails' })).toBeUndefined();
  expect(submitHint({ name: 'thumbnails', inputs: { image: {}, mask: { required: false } } })).toBe(
    'errand submit thumbnails --input image=@<path> --wait',
  );
  expect(submitHint({ name: 'thumbnails', inputs: { mask: { required: false } } })).toBe(
    'errand submit thumbnails --input mask=@<path> --wait',
  );
});
