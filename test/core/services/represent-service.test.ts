import { describe, expect, test } from 'vitest';
import {
  serviceReceipt,
  serviceRepresentation,
  serviceSummary,
} from '../../../core/contract/schemas/service-schemas.ts';
import {
  receiptOfService,
  representService,
  summarizeService,
} from '../../../core/services/represent-service.ts';
import { storedService } from '../../contract/suites/service-store-suite.ts';

const context = { baseUrl: 'https://errand.example' };

describe('a service in a response', () => {
  test('matches the contract, with times in RFC 3339 and absolute links', () => {
    const service = storedService({ deprecation: { at: 0, reason: 'old' }, used: true });
    const result = representService(service, context);
    expect(serviceRepresentation.parse(result)).toEqual(result);
    expect(result).toMatchObject({
      ...service.definition,
      urn: 'urn:errand:service:resize:1.0.0',
      status: 'deprecated',
      deprecation: { at: '1970-01-01T00:00:00.000Z', reason: 'old' },
      used: true,
      createdAt: '2023-11-14T22:13:20.000Z',
      updatedAt: '2023-11-14T22:13:20.001Z',
      links: {
        self: 'https://errand.example/v1/services/resize/versions/1.0.0',
        service: 'https://errand.example/v1/services/resize',
      },
    });
    expect(result).not.toHaveProperty('tenant');
  });

  test('is active without a deprecation', () => {
    const result = representService(storedService(), context);
    expect(result.status).toBe('active');
    expect(result).not.toHaveProperty('deprecation');
  });

  test('has no schemas in a list', () => {
    const summary = summarizeService(storedService(), context);
    expect(serviceSummary.parse(summary)).toEqual(summary);
    expect(Object.keys(summary)).not.toContain('parameters');
    expect(Object.keys(summary)).not.toContain('result');
  });

  test('is a receipt without the definition for callers without read access', () => {
    const receipt = receiptOfService(storedService({ deprecation: { at: 0, reason: 'old' } }), context);
    expect(serviceReceipt.parse(receipt)).toEqual(receipt);
    expect(Object.keys(receipt)).toEqual(['urn', 'status', 'createdAt', 'updatedAt', 'links']);
    expect(receipt.links).toEqual({ self: 'https://errand.example/v1/services/resize/versions/1.0.0' });
  });
});
