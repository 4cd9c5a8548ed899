import { describe, expect, test } from 'vitest';
import {
  isDevelopmentVersion,
  jobUrn,
  parseJobId,
  parseServiceSelector,
  serviceName,
  serviceUrn,
  serviceVersion,
} from '../../../core/contract/names.ts';

const id = '019b7c94-1d2e-7abc-8def-0123456789ab';

describe('parseJobId', () => {
  test.each([id, id.toUpperCase(), `urn:errand:job:${id}`, `URN:Errand:JOB:${id.toUpperCase()}`])(
    'reads %s',
    (text) => {
      expect(parseJobId(text)).toBe(id);
      expect(parseJobId(jobUrn(id))).toBe(id);
    },
  );

  test.each([
    '',
    ' ',
    'x',
    ` ${id}`,
    `${id} `,
    `${id}\n`,
    `${id}/1`,
    id.replaceAll('-', ''),
    `{${id}}`,
    id.replace('-7', '-4'),
    id.replace('-8', '-c'),
    id.replace('a', 'g'),
    `urn:errand:service:${id}`,
    `urn:errand:job:urn:errand:job:${id}`,
    `urn:uuid:${id}`,
    '../../x',
  ])('refuses %j', (text) => {
    expect(parseJobId(text)).toBeUndefined();
  });
});

describe('the name of a service', () => {
  test.each(['a', 'echo', 'a-1', 'a--b', 'a'.repeat(63)])('can be %s', (name) => {
    expect(serviceName.safeParse(name).success).toBe(true);
  });

  test.each([
    '',
    '1a',
    '-a',
    'a-',
    'A',
    'a_b',
    'a.b',
    'a b',
    'ä',
    'a\n',
    'a'.repeat(64),
    'a:b',
    'a@b',
    'a/b',
  ])('cannot be %j', (name) => {
    expect(serviceName.safeParse(name).success).toBe(false);
  });
});

describe('the version of a service', () => {
  test.each([
    '0.0.0',
    '1.2.3',
    '10.20.30',
    '1.0.0-rc.1',
    '1.0.0--',
    '1.0.0-0a',
    '1.0.999999999999999',
    `1.0.0-${'x'.repeat(58)}`,
  ])('can be %s', (version) => {
    expect(serviceVersion.safeParse(version).success).toBe(true);
  });

  test.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '01.2.3',
    '1.2.3+b',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    ' 1.2.3',
    '1.2.3\n',
    `1.0.0-${'x'.repeat(59)}`,
    // The comparison of versions throws for such numbers.
    '9007199254740993.0.0',
    '1.1000000000000000.0',
  ])('cannot be %j', (version) => {
    expect(serviceVersion.safeParse(version).success).toBe(false);
  });
});

describe('a development version', () => {
  test.each(['0.1.0-dev', '1.2.0-dev.3', '1.2.0-dev3', '1.2.0-develop', '1.2.0-dev-x', '10.20.30-dev'])(
    'is a version whose prerelease begins with dev: %s',
    (version) => {
      expect(serviceVersion.safeParse(version).success).toBe(true);
      expect(isDevelopmentVersion(version)).toBe(true);
    },
  );

  test.each(['1.0.0', '1.0.0-rc.1', '1.0.0-rc.dev', '1.0.0-0dev', '1.0.0--dev', '1.0.0-DEV', '1.0.0-de'])(
    'is no other version: %s',
    (version) => {
      expect(serviceVersion.safeParse(version).success).toBe(true);
      expect(isDevelopmentVersion(version)).toBe(false);
    },
  );
});

describe('parseServiceSelector', () => {
  test.each([
    ['echo', { name: 'echo' }],
    ['echo@1.2.3', { name: 'echo', version: '1.2.3' }],
    ['echo@^1.2', { name: 'echo', version: '^1.2' }],
    ['echo@>=1 <2 || 3.x', { name: 'echo', version: '>=1 <2 || 3.x' }],
    ['echo@a@b', { name: 'echo', version: 'a@b' }],
    ['urn:errand:service:echo:1.2.3', { name: 'echo', version: '1.2.3' }],
    ['urn:errand:service:echo', { name: 'echo' }],
    ['https://api.test/v1/services/echo', { name: 'echo' }],
    ['https://api.test/prod/v1/services/echo/versions/1.2.3', { name: 'echo', version: '1.2.3' }],
    ['http://127.0.0.1:4510/v1/services/echo/versions/1.0.0-rc%2E1', { name: 'echo', version: '1.0.0-rc.1' }],
    [`echo@${'1'.repeat(64)}`, { name: 'echo', version: '1'.repeat(64) }],
  ])('reads %s', (text, selector) => {
    expect(parseServiceSelector(text)).toEqual(selector);
  });

  test('reads the URN of every ID', () => {
    expect(parseServiceSelector(serviceUrn('echo', '1.2.3'))).toEqual({ name: 'echo', version: '1.2.3' });
  });

  test.each([
    '',
    '@1.0.0',
    'echo@',
    'Echo',
    'echo ',
    ' echo@1.0.0',
    `echo@${'1'.repeat(65)}`,
    'urn:errand:service:',
    'urn:errand:service:echo:',
    `urn:errand:job:${id}`,
    'https://api.test/v1/services/',
    'https://api.test/v1/services/echo/',
    'https://api.test/v1/services/echo/versions/',
    'https://api.test/v1/services/echo/versions/1.0.0/deprecate',
    'https://api.test/v1/services/echo?x=1',
    'https://api.test/v1/services/echo/versions/%',
    'https://api.test/v1/services/echo/versions/%zz',
    'https://api.test/v1/jobs/echo',
    'ftp://api.test/v1/services/echo',
  ])('returns undefined for %j', (text) => {
    expect(parseServiceSelector(text)).toBeUndefined();
  });
});
