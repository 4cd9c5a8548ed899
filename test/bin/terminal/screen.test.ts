import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createScreen } from '../../../bin/terminal/screen.ts';
import { showStatus } from '../../../bin/terminal/show-status.ts';
import { stepOn } from '../../../bin/terminal/step.ts';
import { collectingStream } from './terminal-stream.ts';

beforeEach(() => {
  vi.stubEnv('TERM', 'xterm');
  for (const name of ['CI', 'TMUX', 'FORCE_COLOR', 'NO_COLOR', 'NODE_DISABLE_COLORS'])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
});

/** The lines that a person sees: a carriage return or an erased line starts a line again. */
function visibleLines(written: readonly string[]): readonly string[] {
  const lines = stripVTControlCharacters(written.join('')).split('\n');
  return lines.map((line) => line.slice(line.lastIndexOf('\r') + 1));
}

describe('on a terminal,', () => {
  test('the live line stays below the lines that are printed, and is never wider than the terminal', () => {
    const { stream, written } = collectingStream(20);
    const screen = createScreen(stream);
    screen.showLive('working on something long');
    screen.print('a line');
    expect(visibleLines(written)).toEqual(['a line', 'working on somethi…']);
    screen.clearLive();
    expect(visibleLines(written)).toEqual(['a line', '']);
  });

  test('the live line has at most 79 columns, however wide the terminal is', () => {
    const { stream, written } = collectingStream(200);
    createScreen(stream).showLive('x'.repeat(150));
    expect(visibleLines(written)).toEqual([`${'x'.repeat(78)}…`]);
  });

  test('styles are used, unless NO_COLOR is set', () => {
    const { stream } = collectingStream(80);
    expect(createScreen(stream).style('green', 'done')).toBe('\u001b[32mdone\u001b[39m');
    vi.stubEnv('NO_COLOR', '1');
    expect(createScreen(stream).style('green', 'done')).toBe('done');
  });

  test('a step shows its title with the elapsed time in the live line, and its duration at the end', async () => {
    vi.useFakeTimers();
    const { stream, written } = collectingStream(80);
    const end = Promise.withResolvers<string>();
    const step = stepOn(createScreen(stream))('Working', () => end.promise);
    await vi.advanceTimersByTimeAsync(1200);
    expect(visibleLines(written)).toEqual(['Working … 1.2 s']);
    end.resolve('result');
    expect(await step).toBe('result');
    expect(visibleLines(written)).toEqual(['Working: done (1.2 s)', '']);
  });

  test('a step that fails leaves no line', async () => {
    const { stream, written } = collectingStream(80);
    const step = stepOn(createScreen(stream))('Working', () => Promise.reject(new Error('broken')));
    await expect(step).rejects.toThrow('broken');
    expect(visibleLines(written)).toEqual(['']);
  });
});

describe('in a file or a pipe,', () => {
  test('no control character is written, and no live line', () => {
    const { stream, written } = collectingStream(undefined);
    const screen = createScreen(stream);
    screen.showLive('working');
    screen.print(screen.style('green', 'a line'));
    screen.clearLive();
    expect(written).toEqual(['a line\n']);
  });

  test('a step is never silent for more than 1.5 s', async () => {
    vi.useFakeTimers();
    const { stream, written } = collectingStream(undefined);
    const end = Promise.withResolvers<void>();
    const step = stepOn(createScreen(stream))('Working', () => end.promise);
    expect(written).toEqual(['Working …\n']);
    await vi.advanceTimersByTimeAsync(3200);
    expect(written).toEqual(['Working …\n', 'Working … 1.5 s\n', 'Working … 3.0 s\n']);
    end.resolve();
    await step;
    expect(written.at(-1)).toBe('Working: done (3.2 s)\n');
  });

  test('a status prints a line for each update, and the next line 1.5 s after it', async () => {
    vi.useFakeTimers();
    const { stream, written } = collectingStream(undefined);
    let text = 'first';
    const status = showStatus(createScreen(stream), () => text);
    await vi.advanceTimersByTimeAsync(1400);
    text = 'second';
    status.update();
    await vi.advanceTimersByTimeAsync(1400);
    expect(written).toEqual(['first\n', 'second\n']);
    await vi.advanceTimersByTimeAsync(100);
    status.end();
    await vi.advanceTimersByTimeAsync(5000);
    expect(written).toEqual(['first\n', 'second\n', 'second\n']);
  });
});
