/** Splits text that arrives in parts into lines. */
export interface LineSplitter {
  add(text: string): void;
  /** Passes on the rest that has no line end. */
  flush(): void;
}

/** Creates a splitter that calls `onLine` with each line, without its line end. */
export function splitLines(onLine: (line: string) => void): LineSplitter {
  let rest = '';
  return {
    add: (text) => {
      const lines = (rest + text).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}
