import { expect, test } from 'vitest';
import { contentDisposition } from '../../../aws/s3/content-disposition.ts';

test('the name is in the header as it is, in UTF-8', () => {
  const header = contentDisposition('Übersicht (2024)*.csv');
  expect(header).toBe(
    `attachment; filename="_bersicht (2024)*.csv"; filename*=UTF-8''%C3%9Cbersicht%20%282024%29%2A.csv`,
  );
});

test('content is displayed only on request', () => {
  expect(contentDisposition('a.png', true)).toBe(`inline; filename="a.png"; filename*=UTF-8''a.png`);
  expect(contentDisposition('a.png')).toMatch(/^attachment; /);
});

test.each([
  ['../../etc/passwd', '.._.._etc_passwd'],
  ['C:\\Windows\\a.exe', 'C:_Windows_a.exe'],
  ['a"; filename="b.exe', 'a_; filename=_b.exe'],
  ['a\r\nSet-Cookie: x=1', 'a__Set-Cookie: x=1'],
  ['gpj\u202e.exe', 'gpj_.exe'],
  ['%2e%2e', '_2e_2e'],
  ['..', '_'],
  ['.', '_'],
])('the name %j neither ends the header nor is a path', (name, expected) => {
  const header = contentDisposition(name);
  expect(header).toMatch(/^attachment; filename="[ !#-~]*"; filename\*=UTF-8''[\w!#$&+.^`|~%-]*$/);
  expect(header.split('"')[1]).toBe(expected);
  const decoded = decodeURIComponent(header.split("''")[1] ?? '');
  expect(decoded).not.toMatch(/[/\\\r\n]/);
});

test('a name of 1,024 bytes is cut to 255 bytes at a whole character', () => {
  const header = contentDisposition(`a${'é'.repeat(511)}`);
  expect(decodeURIComponent(header.split("''")[1] ?? '')).toBe(`a${'é'.repeat(127)}`);
});
