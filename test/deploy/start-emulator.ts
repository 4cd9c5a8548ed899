import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../local/free-port.ts';

const here = import.meta.dirname;
const nodePrograms = join(here, '../../node_modules/.bin');

export interface Emulator {
  /** The environment of whoever uses the emulator: the CDK, the AWS CLI, checks. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the emulator with its functions and containers. */
  stop(): Promise<void>;
}

/** The names that AWS gives to what is deployed here. */
const names = [
  'DNS:localhost',
  'IP:127.0.0.1',
  'DNS:*.execute-api.us-east-1.amazonaws.com',
  'DNS:*.lambda-url.us-east-1.on.aws',
  'DNS:s3.us-east-1.amazonaws.com',
  'DNS:*.s3.us-east-1.amazonaws.com',
];

/**
 * Starts ministack with its bridges on a free port of 127.0.0.1, over TLS and with IAM enforced. `work` is an empty folder
 * that gets its files; `python` is the folder of its programs. Throws with its log when it does not start.
 */
export async function startEmulator(work: string, python: string): Promise<Emulator> {
  const certificate = makeCertificate(work);
  const port = await freePort();
  for (const folder of ['home', 'tmp']) mkdirSync(join(work, folder));
  const common = {
    PATH: [nodePrograms, python, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
    HOME: join(work, 'home'),
    TMPDIR: join(work, 'tmp'),
    DEPLOY_WORK: work,
    EMULATOR_PORT: String(port),
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const ofPrograms = {
    EMULATOR_PORT: String(port),
    NODE_OPTIONS: `--import ${join(here, 'runtime/aws-names.ts')}`,
    NODE_EXTRA_CA_CERTS: certificate.file,
  };
  const inContainers = {
    ...ofPrograms,
    SSL_CERT_FILE: certificate.file,
    PYTHONPATH: join(here, 'runtime/python'),
  };
  const logFile = join(work, 'emulator.log');
  const emulator = spawn(join(python, 'python'), [join(here, 'emulator/serve.py')], {
    // Functions and containers are in its group, so that all of them end together.
    detached: true,
    stdio: ['ignore', openSync(logFile, 'w'), openSync(logFile, 'a')],
    env: {
      ...common,
      ...ofPrograms,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      AUTH: 'true',
      MINISTACK_HOST: 'us-east-1.amazonaws.com',
      USE_SSL: '1',
      MINISTACK_SSL_CERT: certificate.file,
      MINISTACK_SSL_KEY: certificate.keyFile,
      IOT_MTLS_ENABLED: '0',
      DEPLOY_CONTAINER_ENVIRONMENT: JSON.stringify(inContainers),
    },
  });
  const stop = () => endGroup(emulator);
  await listening(emulator, port).catch(async (error: unknown) => {
    await stop();
    throw new Error(`The emulator did not start:\n${readFileSync(logFile, 'utf8').slice(-4000)}`, {
      cause: error,
    });
  });
  return {
    stop,
    env: {
      ...common,
      NODE_EXTRA_CA_CERTS: certificate.file,
      AWS_CA_BUNDLE: certificate.file,
      AWS_ENDPOINT_URL: `https://127.0.0.1:${port}`,
      // Root of the account that the emulator has from its start; the CDK goes on with the roles of its bootstrap.
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      CDK_DOCKER: join(here, 'emulator/container-engine'),
    },
  };
}

function makeCertificate(work: string): { readonly file: string; readonly keyFile: string } {
  const [file, keyFile] = [join(work, 'certificate.pem'), join(work, 'key.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=emulator'];
  const extensions = ['basicConstraints=critical,CA:FALSE', `subjectAltName=${names.join(',')}`];
  const options = extensions.flatMap((extension) => ['-addext', extension]);
  execFileSync('openssl', [...request, ...options, '-keyout', keyFile, '-out', file], { stdio: 'pipe' });
  return { file, keyFile };
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

/** The emulator may end by itself; its functions and containers do not hear of that and are killed. */
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
