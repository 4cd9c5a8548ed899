import type { Screen } from './screen.ts';

/** A status that is shown until it ends. */
export interface Status {
  /** Shows the current text at once. */
  update(): void;
  end(): void;
}

const redrawMs = 100;
/** Without a terminal, so that a log shows that the program is alive and still has few lines. */
const repeatMs = 1500;

/**
 * Shows a status whose text depends on the time: on a terminal in the live line, elsewhere as a line at the
 * start, for each update and when 1.5 s have passed without one.
 */
export function showStatus(screen: Screen, text: () => string): Status {
  const show = () => (screen.isTerminal ? screen.showLive(text()) : screen.print(text()));
  let timer: NodeJS.Timeout | undefined;
  const update = () => {
    clearInterval(timer);
    timer = setInterval(show, screen.isTerminal ? redrawMs : repeatMs);
    show();
  };
  update();
  return {
    update,
    end: () => {
      clearInterval(timer);
      screen.clearLive();
    },
  };
}
