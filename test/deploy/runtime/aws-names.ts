/*
Loaded before every Node.js program of a deployment onto the emulator (`NODE_OPTIONS=--import`): functions, containers and checks.
AWS's names resolve to the emulator, whose certificate is for these names and is verified as usual.
*/
import { syncBuiltinESMExports } from 'node:module';
import { Writable } from 'node:stream';
import tls from 'node:tls';

const port = Number(process.env['EMULATOR_PORT']);
const namesOfAws = /\.(?:execute-api|s3)\.[a-z0-9-]+\.amazonaws\.com$|\.lambda-url\.[a-z0-9-]+\.on\.aws$/;

const connect = tls.connect;
tls.connect = ((...given: unknown[]) => {
  const [options, ...rest] = given;
  // Every client here connects with an object of options: those of HTTPS agents and of fetch.
  const { host, servername } = (typeof options === 'object' ? options : {}) as tls.ConnectionOptions;
  const name = host ?? servername ?? '';
  const there = namesOfAws.test(name) ? { servername: name, host: '127.0.0.1', port } : {};
  return Reflect.apply(connect, tls, [{ ...(options as object), ...there }, ...rest]);
}) as typeof tls.connect;
syncBuiltinESMExports();

interface Front {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Collects the stream of a function, to be returned as a whole: the emulator has no streams. */
class Gathered extends Writable {
  readonly chunks: Buffer[] = [];
  front: Front = { statusCode: 200 };

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }

  setContentType(type: string): void {
    this.front = { ...this.front, headers: { 'content-type': type } };
  }
}

type StreamingHandler = (event: unknown, stream: Gathered, context: unknown) => Promise<void>;

/**
 * The object of Lambda's Node.js runtime with this name:
 * https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
 */
const awslambda = {
  streamifyResponse: (handler: StreamingHandler) => async (event: unknown, context: unknown) => {
    const stream = new Gathered();
    const finished = new Promise((resolve, reject) => {
      stream.once('finish', resolve).once('error', reject);
    });
    await handler(event, stream, context);
    if (!stream.writableEnded) throw new Error('The handler returned before it ended its stream');
    await finished;
    return { ...stream.front, body: Buffer.concat(stream.chunks).toString('utf8') };
  },
  HttpResponseStream: {
    from: (stream: Gathered, front: Front) => Object.assign(stream, { front }),
  },
};
Object.assign(globalThis, { awslambda });
