import { describe, expect, test } from 'vitest';
import { jobListQuery } from '../../../../core/contract/schemas/job-list-schemas.ts';
import {
  baseUrl,
  header,
  readJsonBody,
  readOptionalJsonBody,
  readQuery,
  requireCaller,
} from '../../../../functions/_shared/http/api-request.ts';
import { proxyEvent } from '../../../support/proxy-event.ts';

const refusal = (slug: string) => expect.objectContaining({ slug });

describe('header', () => {
  test('finds a name in any case and joins repeated values', () => {
    const event = proxyEvent({ headers: { PREFER: ['respond-async', 'wait=5'] } });
    expect(header(event, 'prefer')).toBe('respond-async, wait=5');
    expect(header(event, 'timeout')).toBeUndefined();
  });
});

describe('baseUrl', () => {
  test('is the host that the caller used, with the protocol that it used', () => {
    expect(baseUrl(proxyEvent())).toBe('https://api.example');
    expect(baseUrl(proxyEvent({ headers: { 'X-Forwarded-Proto': 'http' } }))).toBe('http://api.example');
  });

  test("contains the stage where the caller's URL does", () => {
    const event = proxyEvent();
    const context = { ...event.requestContext, path: '/live/v1/jobs' };
    expect(baseUrl({ ...event, requestContext: context })).toBe('https://api.example/live');
  });
});

describe('callerWith', () => {
  test('returns the caller that has the scope and refuses another', () => {
    const authorizer = { tenant: 'a', principal: 'p', scopes: 'jobs:read services:read' };
    expect(requireCaller(proxyEvent({ authorizer }), 'jobs:read')).toMatchObject({
      tenant: 'a',
      principal: 'p',
    });
    expect(() => requireCaller(proxyEvent({ authorizer }), 'jobs:write')).toThrow(refusal('forbidden'));
  });

  test.each([null, {}, { tenant: 'a', principal: 'p' }])(
    'returns no caller when the authorizer passed no context: %s',
    (authorizer) => {
      expect(() => requireCaller(proxyEvent({ authorizer }), 'jobs:read')).toThrow('returned no caller');
    },
  );
});

describe('readQuery', () => {
  test('returns the parameters, decoded, and nothing for no query', () => {
    expect(readQuery(proxyEvent({ path: '/v1/jobs?service=a%2Cb&limit=5' }), jobListQuery)).toEqual({
      service: 'a,b',
      limit: '5',
    });
    expect(readQuery(proxyEvent(), jobListQuery)).toEqual({});
  });

  test('refuses a repeated parameter, and reports that', () => {
    const event = proxyEvent({ path: '/v1/jobs?limit=1&limit=1&limit=3' });
    const fault = { pointer: '/limit', detail: 'must be sent once, not 3 times', keyword: 'maxItems' };
    expect(() => readQuery(event, jobListQuery)).toThrow(
      expect.objectContaining({ message: `/limit: ${fault.detail}`, extension: { errors: [fault] } }),
    );
  });

  test('refuses a repeated parameter, and names every other error', () => {
    const event = proxyEvent({ path: '/v1/jobs?limit=1&limit=2&colour=red&status=done' });
    expect(() => readQuery(event, jobListQuery)).toThrow(
      expect.objectContaining({
        slug: 'invalid-request',
        extension: {
          errors: expect.arrayContaining(
            ['/limit', '/colour', '/status'].map((pointer) => expect.objectContaining({ pointer })),
          ),
        },
      }),
    );
  });
});

describe('readJsonBody', () => {
  const body = (text: string, mediaType?: string) =>
    proxyEvent({
      body: text,
      ...(mediaType === undefined ? {} : { headers: { 'content-type': mediaType } }),
    });

  test.each([
    undefined,
    'application/json',
    'Application/JSON; charset="UTF-8"',
    'application/merge-patch+json',
  ])('accepts the media type %s', (mediaType) =>
    expect(readJsonBody(body('{"a":1}', mediaType))).toEqual({ a: 1 }),
  );

  test.each(['text/plain', 'application/xml', 'json', ''])('refuses the media type %j', (mediaType) => {
    expect(() => readJsonBody(body('{}', mediaType))).toThrow(refusal('unsupported-media-type'));
  });

  test.each(['application/json; charset=utf-16', 'application/json;charset="latin1"'])(
    'refuses the media type %j, since JSON is UTF-8',
    (mediaType) => {
      expect(() => readJsonBody(body('{}', mediaType))).toThrow(refusal('unsupported-media-type'));
    },
  );

  test.each([
    'charset=utf8',
    'charset=UTF8',
    'Charset=us-ascii',
    'charset="US-ASCII"',
    'version=1\t;\tcharset=utf-8',
  ])('accepts JSON with the parameter %j, which names a part of UTF-8 in a usual spelling', (parameter) => {
    expect(readJsonBody(body('{}', `application/json\t; ${parameter}`))).toEqual({});
  });

  test('lists the accepted media types when it refuses one, for a patch in the header for patches too', () => {
    const [patches, json] = ['application/merge-patch+json, application/json', 'application/json'];
    const sent = (httpMethod: string) => ({ ...body('{}', 'text/plain'), httpMethod });
    expect(() => readJsonBody(sent('POST'))).toThrow(expect.objectContaining({ headers: { Accept: json } }));
    expect(() => readJsonBody(sent('PATCH'))).toThrow(
      expect.objectContaining({ headers: { Accept: patches, 'Accept-Patch': patches } }),
    );
  });

  test.each(['gzip', 'identity, gzip', 'br;q=1', '"identity"'])(
    'refuses a body with the content coding %j, and names the accepted coding',
    (coding) => {
      const sent = { ...body('{}'), multiValueHeaders: { 'Content-Encoding': [coding] } };
      const headers = { 'Accept-Encoding': 'identity' };
      expect(() => readJsonBody(sent)).toThrow(
        expect.objectContaining({ slug: 'unsupported-media-type', headers }),
      );
    },
  );

  test.each(['identity', 'Identity', '\tIDENTITY ,, identity', ''])(
    'accepts the content coding %j',
    (coding) => {
      const sent = { ...body('{}'), multiValueHeaders: { 'Content-Encoding': [coding] } };
      expect(readJsonBody(sent)).toEqual({});
    },
  );

  test('accepts 1,048,576 bytes and refuses one more, counted in UTF-8', () => {
    const text = (bytes: number) => `"${'é'.repeat((bytes - 2) / 2)}"`;
    expect(readJsonBody(body(text(1_048_576)))).toHaveLength(524_287);
    expect(() => readJsonBody(body(`${text(1_048_576)} `))).toThrow(refusal('body-too-large'));
  });

  test('decodes a body in base64', () => {
    const event = { ...body(Buffer.from('{"a":"é"}').toString('base64')), isBase64Encoded: true };
    expect(readJsonBody(event)).toEqual({ a: 'é' });
  });

  test('accepts 64 levels and refuses 65, of lists and of objects', () => {
    const lists = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const objects = (levels: number) => '{"a":'.repeat(levels - 1).concat('{}', '}'.repeat(levels - 1));
    for (const nested of [lists, objects]) {
      expect(() => readJsonBody(body(nested(64)))).not.toThrow();
      expect(() => readJsonBody(body(nested(65)))).toThrow(refusal('invalid-json'));
    }
    expect(() => readJsonBody(body(lists(400_000)))).toThrow(refusal('invalid-json'));
  });

  test.each(['', ' ', '{', 'undefined', "{'a':1}", '{"a":1}}', '\u0000'])('refuses %j', (text) => {
    expect(() => readJsonBody(body(text))).toThrow(refusal('invalid-json'));
  });
});

describe('readOptionalJsonBody', () => {
  test.each([null, ''])('reads the body %j as an empty object, whatever its media type', (body) => {
    const event = { ...proxyEvent({ headers: { 'content-type': 'text/plain' } }), body };
    expect(readOptionalJsonBody(event)).toEqual({});
  });

  test('reads any other body as its own value', () => {
    const event = proxyEvent();
    expect(readOptionalJsonBody({ ...event, body: 'null' })).toBeNull();
    expect(readOptionalJsonBody({ ...event, body: '{"a":1}' })).toEqual({ a: 1 });
    expect(() => readOptionalJsonBody({ ...event, body: ' ' })).toThrow(refusal('invalid-json'));
  });
});
