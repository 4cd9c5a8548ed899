import { expect, test } from 'vitest';
import { readImageCommand, readImageSource } from '../../processes/image-command.ts';

test.each([
  ['a command', 'FROM a\nCMD ["node", "x"]\n', [], ['node', 'x']],
  ['an entrypoint and a command', 'FROM a\nENTRYPOINT ["e"]\nCMD ["c"]\n', ['e'], ['c']],
  ['only the last stage', 'FROM a AS build\nCMD ["old"]\nFROM b\nENTRYPOINT ["e"]\n', ['e'], []],
  ['the last of several', 'FROM a\nCMD ["1"]\nCMD ["2"]\n', [], ['2']],
  ['keywords in any case', 'from a\ncmd ["c"]\n', [], ['c']],
  ['continued lines with comments between', 'FROM a\nCMD [\\\n# why\n"c", \\\n "d"]\n', [], ['c', 'd']],
  ['no command', 'FROM a\n# CMD ["c"]\nRUN echo CMD\n', [], []],
  ['Windows line ends', 'FROM a\r\nCMD ["c"]\r\n', [], ['c']],
])('reads %s', (_what, dockerfile, entrypoint, command) => {
  expect(readImageCommand(dockerfile, 'here')).toEqual({ entrypoint, command });
});

test.each(['CMD node x', 'CMD "node"', 'CMD ["node", 1]', 'ENTRYPOINT node'])('refuses %s', (line) => {
  expect(() => readImageCommand(`FROM a\n${line}\n`, 'here')).toThrow(/^here: \w+ must be in the exec form/);
});

test.each([
  ['an image', 'FROM --platform=linux/arm64 python:3.12 AS app\n', 'python:3.12'],
  ['the image of another stage', 'FROM python:3.12 AS Base\nFROM base\n', 'python:3.12'],
  ['the last image', 'FROM golang:1.26 AS build\nFROM scratch\n', 'scratch'],
])('reads %s as the base', (_what, dockerfile, base) => {
  expect(readImageSource(dockerfile, 'here')).toEqual({ entrypoint: [], command: [], base });
});
