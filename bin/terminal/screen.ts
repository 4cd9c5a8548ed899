import { styleText } from 'node:util';
import { screenWidth, shorten } from './layout.ts';

/** The output of a program that a person reads, on a terminal or in a file. */
export interface Screen {
  /** True if a line can be replaced after it was printed. */
  readonly isTerminal: boolean;
  /** Prints a line above the live line. */
  print(line?: string): void;
  /**
   * Replaces the live line, which is the last one of a terminal and has no styles. Does nothing elsewhere.
   */
  showLive(line: string): void;
  /** Removes the live line. */
  clearLive(): void;
  /** Returns text in a style if the output is a terminal that supports it and NO_COLOR is not set. */
  style(format: Style, text: string): string;
}

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'cyan' | 'yellow';

const eraseLine = '\r\u001b[K';

/**
 * Creates the screen of a stream. The cursor is never hidden, so that a program that is interrupted leaves
 * the terminal as it was.
 */
export function createScreen(stream: NodeJS.WriteStream = process.stdout): Screen {
  const isTerminal = stream.isTTY === true;
  let liveLine = '';
  const clearLive = (): void => {
    if (liveLine !== '') stream.write(eraseLine);
    liveLine = '';
  };
  const showLive = (line: string): void => {
    if (!isTerminal) return;
    // A line as wide as the terminal would wrap, and then erasing would leave its first part.
    liveLine = shorten(line, Math.min(screenWidth, stream.columns || screenWidth) - 1);
    stream.write(eraseLine + liveLine);
  };
  return {
    isTerminal,
    print: (line = '') => {
      const kept = liveLine;
      clearLive();
      stream.write(`${line}\n`);
      if (kept !== '') showLive(kept);
    },
    showLive,
    clearLive,
    style: (format, text) => styleText(format, text, { stream }),
  };
}
