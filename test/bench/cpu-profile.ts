import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/**
 * The parts of a V8 CPU profile that are read.
 * @see https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  /** The node that was running at each sample, and the microseconds before it. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** The profile of one thread. */
export interface ThreadProfile {
  readonly thread: string;
  readonly profile: CpuProfile;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, never>>;
  readonly result?: { readonly profile?: CpuProfile };
}

/**
 * Profiles all threads of a process that was started with `--inspect=<port>`, until the returned function is called.
 * @see https://github.com/nodejs/node/blob/main/src/inspector/node_protocol.pdl
 */
export async function profileThreads(port: number): Promise<() => Promise<readonly ThreadProfile[]>> {
  const socket = new WebSocket(await debuggerUrl(port));
  await once(socket, 'open');
  const pending = new Map<string, (message: Message) => void>();
  const workers = new Map<string, string>();
  let lastId = 0;
  const call = (method: string, sessionId?: string, params: object = {}): Promise<Message> => {
    const id = ++lastId;
    const message = JSON.stringify({ id, method, params });
    const outer =
      sessionId === undefined
        ? message
        : JSON.stringify({
            id: ++lastId,
            method: 'NodeWorker.sendMessageToWorker',
            params: { sessionId, message },
          });
    socket.send(outer);
    return new Promise((resolve) => pending.set(`${sessionId ?? ''} ${id}`, resolve));
  };
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data));
    if (message.method === 'NodeWorker.attachedToWorker')
      workers.set(message.params.sessionId, message.params.workerInfo.title);
    else if (message.method === 'NodeWorker.receivedMessageFromWorker') {
      const inner = JSON.parse(message.params.message);
      pending.get(`${message.params.sessionId} ${inner.id}`)?.(inner);
    } else if (message.id !== undefined) pending.get(` ${message.id}`)?.(message);
  });
  await call('NodeWorker.enable', undefined, { waitForDebuggerOnStart: false });
  const threads: ReadonlyArray<readonly [string | undefined, string]> = [
    [undefined, 'main thread'],
    ...workers,
  ];
  for (const [sessionId] of threads) {
    await call('Profiler.enable', sessionId);
    await call('Profiler.start', sessionId);
  }
  return async () => {
    const profiles: ThreadProfile[] = [];
    for (const [sessionId, thread] of threads) {
      const { result } = await call('Profiler.stop', sessionId);
      if (result?.profile !== undefined) profiles.push({ thread, profile: result.profile });
    }
    socket.close();
    return profiles;
  };
}

async function debuggerUrl(port: number): Promise<string> {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    const [target] = ((await response?.json()) ?? []) as readonly { readonly webSocketDebuggerUrl: string }[];
    if (target !== undefined) return target.webSocketDebuggerUrl;
    await delay(50);
  }
}

const shownFunctions = 30;
const leastMs = 50;

/** Prints the functions of each thread that used the most time themselves, in milliseconds for each of `jobs` jobs. */
export function printProfiles(profiles: readonly ThreadProfile[], jobs: number): void {
  const threads = profiles.map(({ thread, profile }) => ({ thread, ...timesOf(profile) }));
  for (const { thread, busyMs, functions } of threads.toSorted((one, other) => other.busyMs - one.busyMs)) {
    if (busyMs < leastMs) continue;
    console.log(`\n${thread}: ${(busyMs / jobs).toFixed(2)} ms a job`);
    for (const [place, ms] of functions.slice(0, shownFunctions))
      console.log(`${((100 * ms) / busyMs).toFixed(1).padStart(6)} %  ${place}`);
  }
}

/** `(idle)` is a thread that waits; `(program)` is native code without a JavaScript frame. */
function timesOf(profile: CpuProfile) {
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const times = new Map<string, number>();
  profile.samples.forEach((sample, index) => {
    const frame = frames.get(sample);
    if (frame === undefined || frame.functionName === '(idle)') return;
    const place = `${frame.functionName || '(anonymous)'} ${placeOf(frame.url, frame.lineNumber + 1)}`;
    times.set(place, (times.get(place) ?? 0) + (profile.timeDeltas[index] ?? 0) / 1000);
  });
  const functions = [...times].toSorted(([, one], [, other]) => other - one);
  return { busyMs: functions.reduce((sum, [, ms]) => sum + ms, 0), functions };
}

function placeOf(url: string, line: number): string {
  if (!url.startsWith('file:')) return url === '' ? '' : `${url}:${line}`;
  return `${fileURLToPath(url).split(/[\\/]/).slice(-3).join('/')}:${line}`;
}
