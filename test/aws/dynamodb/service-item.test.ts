import { describe, expect, test } from 'vitest';
import { fromItem, toItem } from '../../../aws/dynamodb/service-item.ts';
import type { Service } from '../../../core/services/model/service.ts';

const service: Service = {
  tenant: 'local',
  name: 'echo',
  version: '1.0.0-rc.1',
  definition: {
    parameters: { type: 'object' },
    dispatcher: { kind: 'lambda', functionName: 'errand-service-echo' },
  },
  deprecation: { at: 2000, reason: 'see echo-two' },
  used: true,
  revision: 7,
  createdAt: 1000,
  updatedAt: 2000,
};

describe('service items', () => {
  test('return the service', () => {
    expect(fromItem(toItem(service))).toStrictEqual(service);
    const { deprecation: _, ...fresh } = service;
    expect(fromItem(toItem({ ...fresh, used: false }))).toStrictEqual({ ...fresh, used: false });
  });

  test('of an unknown layout, of another kind or without a definition are refused', () => {
    const item = toItem(service);
    expect(() => fromItem({ ...item, z: { N: '9' } })).toThrow('has layout version 9');
    expect(() => fromItem({ ...item, sk: { S: 'J#1' } })).toThrow('is not the key of a service');
    const { df: __, ...bare } = item;
    expect(() => fromItem(bare)).toThrow('lacks its definition');
  });
});
