import { aroundCalls } from './memory/around-calls.ts';

/** A process whose calls of ports wait for their turn. */
interface GatedProcess {
  /** Resolves at the next call of a port, or at the end. */
  pause(): Promise<'waiting' | 'ended'>;
  /** Lets the waiting call run. */
  resume(): void;
}

/** Which of two processes makes the next step, as long as both can make one. */
type Schedule = readonly (0 | 1)[];

export type Steps<Deps> = (deps: Deps) => Promise<unknown>;

/**
 * Runs two processes in every possible order of their calls of the named ports, each time on new ports, and then `check`. Returns
 * the number of orders.
 */
export async function everyInterleaving<Name extends string, Deps extends Readonly<Record<Name, object>>>(
  names: readonly Name[],
  prepare: () => Promise<{
    readonly deps: Deps;
    readonly processes: readonly [Steps<Deps>, Steps<Deps>];
    readonly check: () => Promise<void>;
  }>,
): Promise<number> {
  let orders = 0;
  let schedule: Schedule | undefined = [];
  while (schedule !== undefined) {
    const { deps, processes, check } = await prepare();
    const [first, second] = processes.map((run) => gated(names, deps, run));
    if (first === undefined || second === undefined) throw new Error('There are two processes');
    const taken = await runInOrder([first, second], schedule);
    await check();
    orders += 1;
    schedule = nextSchedule(taken);
  }
  return orders;
}

/** Runs two processes to their ends; after the schedule, the first one is preferred. Returns the choices that were made. */
async function runInOrder(
  processes: readonly [GatedProcess, GatedProcess],
  schedule: Schedule,
): Promise<Schedule> {
  const taken: (0 | 1)[] = [];
  const states = [await processes[0].pause(), await processes[1].pause()];
  while (states.includes('waiting')) {
    const isChoice = !states.includes('ended');
    const scheduled = schedule[taken.length] ?? 0;
    const next = isChoice ? scheduled : states[0] === 'waiting' ? 0 : 1;
    if (isChoice) taken.push(next);
    processes[next].resume();
    states[next] = await processes[next].pause();
  }
  return taken;
}

/** The schedule after the one with these choices, in lexical order; undefined after the last. */
function nextSchedule(taken: Schedule): Schedule | undefined {
  const last = taken.lastIndexOf(0);
  return last === -1 ? undefined : [...taken.slice(0, last), 1];
}

function gated<Name extends string, Deps extends Readonly<Record<Name, object>>>(
  names: readonly Name[],
  deps: Deps,
  run: Steps<Deps>,
): GatedProcess {
  let announce: (state: 'waiting' | 'ended') => void = () => {};
  let open: () => void = () => {};
  let paused = new Promise<'waiting' | 'ended'>((resolve) => {
    announce = resolve;
  });
  const waiting = aroundCalls(deps, names, async (call) => {
    const turn = new Promise<void>((resolve) => {
      open = resolve;
    });
    announce('waiting');
    await turn;
    return call();
  });
  run(waiting).then(
    () => announce('ended'),
    () => announce('ended'),
  );
  return {
    pause: () => paused,
    resume() {
      paused = new Promise((resolve) => {
        announce = resolve;
      });
      open();
    },
  };
}
