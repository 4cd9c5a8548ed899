import { describe, expect, test } from 'vitest';
import { assertedFormats } from '../../../core/json-schema/validation/formats/formats.ts';
import { validateValue } from '../../../core/json-schema/validation/validate-value.ts';
import { checkDefinition } from '../../../core/services/check-definition.ts';
import { definitionOf } from '../services/service-fixture.ts';

interface Texts {
  readonly valid: readonly string[];
  readonly invalid: readonly string[];
}

/** Cases that the oracle's suite does not contain; `npm run oracle` runs that suite. */
const texts: Readonly<Record<string, Texts>> = {
  'date-time': {
    valid: ['2026-11-29T19:00:00Z', '2026-11-29t19:00:00.123456789z', '2016-12-31T15:59:60-08:00'],
    invalid: [
      '2026-11-29\n19:00:00Z',
      '2026-11-29 19:00:00Z',
      '2026-11-29T19:00:00',
      '2026-11-29T19:00:00Z\n',
      '2026-02-29T00:00:00Z',
      '2026-11-29T24:00:00Z',
      '2016-12-31T23:59:60+01:00',
    ],
  },
  date: {
    valid: ['2024-02-29', '2000-02-29'],
    invalid: ['1900-02-29', '2026-11-31', '2026-00-01', ' 2026-01-01'],
  },
  time: {
    valid: ['19:00:00+00:00', '23:59:60Z'],
    invalid: ['19:00:00', '19:00Z', '19:00:00+24:00', '22:59:60Z'],
  },
  duration: {
    valid: ['P4W', 'P1Y2M', 'PT0S', 'P1DT12H'],
    invalid: ['P', 'PT', 'P1Y2D', 'P1W1D', 'P-1D', 'P1D\n'],
  },
  email: {
    valid: ['a@b', '"a b@c"@example.com', 'a+b@[127.0.0.1]', 'a@[IPv6:::1]'],
    invalid: [
      'a@b\n',
      'a@@b',
      '.a@b',
      'a..b@c',
      'a@[127.0.0.01]',
      'a@[IPv6:fe80::1%1]',
      'é@b',
      `${'a'.repeat(65)}@b`,
      `a@${`${'b'.repeat(61)}.`.repeat(4)}example`,
    ],
  },
  hostname: {
    valid: ['a', 'a.b-c.1', `${'a'.repeat(63)}.example`],
    invalid: [
      '',
      'a..b',
      '-a',
      'a-',
      'a_b',
      'a\n',
      'é',
      `${'a'.repeat(64)}.example`,
      'a.'.repeat(127).concat('b'),
    ],
  },
  ipv4: {
    valid: ['0.0.0.0', '255.255.255.255'],
    invalid: ['01.2.3.4', '1.2.3', '256.0.0.0', '1.2.3.4\n', '1.2.3.4/8'],
  },
  ipv6: {
    valid: ['::', '::ffff:1.2.3.4', '1:2:3:4:5:6:7::'],
    invalid: ['fe80::1%eth0', '1::2::3', '::1\n', '[::1]'],
  },
  uri: {
    valid: [
      'http://host:80/',
      'http://host:',
      'urn:a:b',
      'mailto:a@b',
      'http://[v7.a:b]/',
      'file:///a',
      'a:?/#/?',
    ],
    invalid: [
      'http://host:abc',
      'http://host:80:81',
      'http://a@b@c/',
      'http://[::1',
      'http://[::1]x',
      'http://[::1%25eth0]/',
      '/path',
      '',
      'http://a/%4',
      'http://a/\n',
      'http://a/"',
      '1a:b',
      'a:#b#c',
    ],
  },
  'uri-reference': {
    valid: ['', '/path', '//host:80', '?q', '#f', './a:b', 'a/b:c'],
    invalid: ['//host:abc', 'a b', ':a', '#a#b', '\\a'],
  },
  'uri-template': {
    valid: ['', "it's{?x,y*,z:99}", '/{+path}/é', '{a.b}%41'],
    invalid: [
      '{',
      '}',
      '{a{b}}',
      '{}',
      '{a,}',
      '{a:0}',
      '{a:10000}',
      '{a..b}',
      '%{x}41',
      'a b',
      '{-a}',
      '\u0085',
    ],
  },
  uuid: {
    valid: ['0190163d-8694-739b-aea5-966c26f8ad91', '0190163D-8694-739B-AEA5-966C26F8AD91'],
    invalid: ['0190163d8694739baea5966c26f8ad91', 'urn:uuid:0190163d-8694-739b-aea5-966c26f8ad91', ''],
  },
  'json-pointer': { valid: ['', '/', '/a~0b~1', '/\n'], invalid: ['a', '#/a', '/~', '/~2'] },
  'relative-json-pointer': {
    valid: ['0', '1/a', '2#', '0-1', '1+2/a', '0-1#'],
    invalid: ['', '/a', '01', '-1', '0##', '0+0', '1a'],
  },
  regex: { valid: ['', '^a$', '\\p{L}'], invalid: ['(', '\\Z', '\\-', 'a'.repeat(65_537)] },
};

const faultsOf = (format: string, parameters: string) =>
  validateValue({ schema: { format }, value: parameters, root: '' }).violations;

describe('format', () => {
  test('is asserted for these names only', () => {
    expect([...assertedFormats.keys()].sort()).toEqual(Object.keys(texts).sort());
  });

  test.each(Object.keys(texts))('%s follows its specification', (format) => {
    const { valid = [], invalid = [] } = texts[format] ?? {};
    for (const text of valid) expect(faultsOf(format, text), text.slice(0, 80)).toEqual([]);
    for (const text of invalid) expect(faultsOf(format, text), text.slice(0, 80)).toHaveLength(1);
  });

  test.each([
    'url',
    'idn-email',
    'idn-hostname',
    'iri',
    'iri-reference',
    'json-pointer-uri-fragment',
    'toString',
  ])('named %s is an annotation, and can be registered', async (format) => {
    await expect(checkDefinition(definitionOf({ parameters: { format } }))).resolves.toBeUndefined();
    expect(faultsOf(format, '\n no such thing \0')).toEqual([]);
  });

  test('accepts all values that are not strings', () => {
    for (const format of assertedFormats.keys()) {
      expect(validateValue({ schema: { format }, value: 1, root: '' }).violations).toEqual([]);
    }
  });

  test('takes time in proportion to a string, whatever it consists of', () => {
    const length = 50_000;
    const units = ['a', '1', '/', '~', '%', '{', '{a,', '{a}', ':', 'a:', '@', '"', '.', '1.', 'P1Y', '[1:'];
    const starts = ['', 'http://', 'http://[v1.', 'P', 'P1YT', '2026-01-01T00:00:00.', '{', '/', '0+'];
    for (const [format, test] of assertedFormats) {
      const began = performance.now();
      for (const start of starts) for (const unit of units) test(start + unit.repeat(length / unit.length));
      // Of 144 texts, each text that takes quadratic time would take seconds.
      expect(performance.now() - began, format).toBeLessThan(5_000);
    }
  });
});
