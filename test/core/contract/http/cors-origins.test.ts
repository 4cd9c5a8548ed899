import { describe, expect, test } from 'vitest';
import { readOrigins } from '../../../../core/contract/http/cors-origins.ts';

describe('the allowed origins', () => {
  test('are returned as they are given, without duplicates', () => {
    const origins = ['https://console.example.com', 'http://localhost:5173', 'https://[::1]:8443'];
    expect(readOrigins([...origins, 'http://localhost:5173'])).toEqual(origins);
    expect(readOrigins([])).toEqual([]);
  });

  test('can be every origin', () => {
    expect(readOrigins(['*', '*'])).toEqual(['*']);
  });

  test.each([
    'console.example.com',
    'https://console.example.com/',
    'https://console.example.com/app',
    'https://Console.example.com',
    'https://console.example.com:443',
    'https://*.example.com',
    "https://it's.example.com",
    'https://ada@example.com',
    'https://a.example https://b.example',
    'ftp://example.com',
    'file:///index.html',
    'null',
    '',
  ])('cannot be %j, which no browser sends', (origin) => {
    expect(() => readOrigins(['https://a.example', origin])).toThrow(`The origin ${origin} is not valid: `);
  });

  test('cannot be every origin and others', () => {
    expect(() => readOrigins(['https://a.example', '*'])).toThrow('* must be the only one');
  });
});
