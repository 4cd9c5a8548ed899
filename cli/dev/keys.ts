import { emitKeypressEvents, type Key } from 'node:readline';
import type { Screen } from '../../bin/terminal/screen.ts';

/** What the keys of `errand dev` do. */
export interface KeyActions {
  readonly screen: Screen;
  reload(): Promise<void>;
  /** Commands that `?` lists besides the keys. */
  hints(): readonly string[];
  quit(): void;
}

const keys = '  r  build all services again\n  q  stop\n  ?  this help';

/** Reads single keys from a terminal: r, q and ?. Does nothing if the standard input is not a terminal. */
export function listenForKeys({ screen, reload, hints, quit }: KeyActions): void {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  process.once('exit', () => stdin.setRawMode(false));
  stdin.on('keypress', (_text: string | undefined, key: Key) => {
    if (key.name === 'q' || (key.ctrl === true && key.name === 'c')) quit();
    else if (key.name === 'r') void reload();
    else if (key.sequence === '?')
      screen.print([keys, ...hints().map((hint) => `  Submit a file: ${hint}`)].join('\n'));
  });
  stdin.unref();
}
