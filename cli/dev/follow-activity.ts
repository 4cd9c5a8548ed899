import type { ControlClient } from '../../bin/control/control-client.ts';
import type { Screen } from '../../bin/terminal/screen.ts';
import { activityLines } from './activity-lines.ts';

/** What is printed of the activity: lines for a person, nothing, or one JSON object a line on the standard output. */
export type Output = 'lines' | 'quiet' | 'json';

interface Following {
  readonly screen: Screen;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** Prints what happens in the local service until it stops or the signal aborts. */
export async function followActivity(
  control: ControlClient,
  { screen, output, signal }: Following,
): Promise<void> {
  const formatted = activityLines(screen);
  for await (const activity of control.activity(signal)) {
    if (output === 'json') process.stdout.write(`${JSON.stringify(activity)}\n`);
    else if (output === 'lines') for (const line of formatted.lines(activity, new Date())) screen.print(line);
  }
}
