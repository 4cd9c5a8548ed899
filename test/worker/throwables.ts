import { inspect } from 'node:util';
import { ServiceFailure } from '../../worker/attempt/service-failure.ts';

const refuse = (): never => {
  throw new Error('nobody looks into this');
};

/** Refuses every operation on it. */
const closed = new Proxy(
  {},
  Object.fromEntries(
    ['get', 'getPrototypeOf', 'has', 'ownKeys', 'getOwnPropertyDescriptor'].map((trap) => [trap, refuse]),
  ),
);

const circular: Record<string, unknown> = {};
circular['self'] = circular;

const withGetter = (name: string) => Object.defineProperty(new Error('m'), name, { get: refuse });
const withMember = (name: string, value: unknown) => Object.defineProperty(new Error('m'), name, { value });

/** Values that a service might throw, by name; programs expect none of them, and some cannot be described. */
export const throwables: Readonly<Record<string, unknown>> = {
  'an object without a prototype': Object.assign(Object.create(null), { code: 7 }),
  'an error whose message is an object': withMember('message', { code: 7 }),
  'an error whose message is undefined': withMember('message', undefined),
  'an error whose message is a symbol': withMember('message', Symbol('m')),
  'an error whose message is an object without a prototype': withMember('message', Object.create(null)),
  'an error whose message throws': withGetter('message'),
  'an error whose name throws': withGetter('name'),
  'an error whose name is a number': withMember('name', 5),
  'an error whose stack throws': withGetter('stack'),
  'an error that is caused by itself': circularError(),
  'a proxy that refuses everything': closed,
  'an error whose prototype is such a proxy': Object.setPrototypeOf(new Error('m'), closed),
  'an object that throws when it is shown': { [inspect.custom]: refuse, toString: refuse },
  'a symbol': Symbol('s'),
  'a big integer': 2n ** 80n,
  nothing: undefined,
  null: null,
  'the empty text': '',
  'half of a surrogate pair': '\ud83d',
  'a function': () => 'f',
  'a circle': circular,
  'a frozen error': Object.freeze(new RangeError('frozen')),
  'a huge message': new Error('\u{1f600}'.repeat(1_000_000)),
  'a failure with members of other types': new ServiceFailure({ no: 'text' } as unknown as string, {
    type: 5 as unknown as string,
    retryable: 'yes' as unknown as boolean,
  }),
  'a failure with a huge type': new ServiceFailure('m', { type: 't'.repeat(100_000), cause: closed }),
};

function circularError(): Error {
  const error = new Error('m');
  error.cause = error;
  return error;
}
