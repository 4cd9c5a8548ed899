import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/free-port.ts';
import { type Certificate, makeCertificate } from './make-certificate.ts';

const here = import.meta.dirname;
const nodePrograms = join(here, '../../node_modules/.bin');

export interface Emulator {
  /** The environment of the programs that use the emulator: the CDK, the AWS CLI, checks. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the emulator with its functions and containers. */
  stop(): Promise<void>;
}

/** Where the files of a run are, and how the emulator is reached. */
interface Run {
  readonly work: string;
  readonly port: number;
  readonly certificate: Certificate;
  /** Folder of Python's programs. */
  readonly python: string;
}

/**
 * Starts ministack with its bridges on a free port of 127.0.0.1, over TLS and with IAM enforced. `work` is an empty folder for
 * its files; `python` is the folder of its programs. Throws with its log when it does not start.
 */
export async function startEmulator(work: string, python: string): Promise<Emulator> {
  const run = { work, python, port: await freePort(), certificate: makeCertificate(work) };
  for (const folder of ['home', 'tmp']) mkdirSync(join(work, folder));
  const logFile = join(work, 'emulator.log');
  const emulator = spawn(join(python, 'python'), [join(here, 'emulator/serve.py')], {
    // Functions and containers are in its group, so that all of them end together.
    detached: true,
    stdio: ['ignore', openSync(logFile, 'w'), openSync(logFile, 'a')],
    env: emulatorEnvironment(run),
  });
  const stop = () => endGroup(emulator);
  await listening(emulator, run.port).catch(async (error: unknown) => {
    await stop();
    const log = readFileSync(logFile, 'utf8').slice(-4000);
    throw new Error(`The emulator did not start:\n${log}`, { cause: error });
  });
  return { stop, env: userEnvironment(run) };
}

/** The caller's own environment is not passed on: no proxy, no profile, no credentials. */
function commonEnvironment({ work, port, python }: Run): NodeJS.ProcessEnv {
  return {
    PATH: [nodePrograms, python, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: join(work, 'home'),
    TMPDIR: join(work, 'tmp'),
    DEPLOY_WORK: work,
    EMULATOR_PORT: String(port),
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

function emulatorEnvironment(run: Run): NodeJS.ProcessEnv {
  const { port, certificate } = run;
  const ofPrograms = {
    EMULATOR_PORT: String(port),
    NODE_OPTIONS: `--import ${join(here, 'runtime/aws-names.ts')}`,
    NODE_EXTRA_CA_CERTS: certificate.file,
  };
  const ofContainers = {
    ...ofPrograms,
    SSL_CERT_FILE: certificate.file,
    PYTHONPATH: join(here, 'runtime/python'),
  };
  return {
    ...commonEnvironment(run),
    ...ofPrograms,
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    AUTH: 'true',
    MINISTACK_HOST: 'us-east-1.amazonaws.com',
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate.file,
    MINISTACK_SSL_KEY: certificate.keyFile,
    IOT_MTLS_ENABLED: '0',
    DEPLOY_CONTAINER_ENVIRONMENT: JSON.stringify(ofContainers),
  };
}

function userEnvironment(run: Run): NodeJS.ProcessEnv {
  return {
    ...commonEnvironment(run),
    NODE_EXTRA_CA_CERTS: run.certificate.file,
    AWS_CA_BUNDLE: run.certificate.file,
    AWS_ENDPOINT_URL: `https://127.0.0.1:${run.port}`,
    // Root of the initial account of the emulator; the CDK continues with the roles of its bootstrap.
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    CDK_DOCKER: join(here, 'emulator/container-engine'),
  };
}

async function listening(emulator: ChildProcess, port: number): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (!(await accepts(port))) {
    if (emulator.exitCode !== null) throw new Error(`It ended with ${emulator.exitCode}`);
    if (Date.now() > giveUpAt) throw new Error('It did not listen within 60 s');
    await delay(200);
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** The emulator may end by itself; its functions and containers do not notice that and are killed. */
async function endGroup(emulator: ChildProcess): Promise<void> {
  if (emulator.pid === undefined) return;
  if (emulator.exitCode === null && emulator.signalCode === null) {
    emulator.kill('SIGTERM');
    await Promise.race([once(emulator, 'exit'), delay(5_000, undefined, { ref: false })]);
  }
  try {
    process.kill(-emulator.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left.
  }
}
