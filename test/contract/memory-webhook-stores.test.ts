import { describe } from 'vitest';
import { memoryDeliveryStore } from '../support/webhooks/memory-delivery-store.ts';
import { memoryWebhookSecretStore, memoryWebhookStore } from '../support/webhooks/memory-webhook-store.ts';
import { describeDeliveryStore } from './suites/delivery-store-suite.ts';
import { describeWebhookSecretStore, describeWebhookStore } from './suites/webhook-store-suite.ts';

describe('memoryWebhookStore', () => describeWebhookStore(async () => memoryWebhookStore()));
describe('memoryWebhookSecretStore', () =>
  describeWebhookSecretStore(async () => memoryWebhookSecretStore()));
describe('memoryDeliveryStore', () => describeDeliveryStore(async () => memoryDeliveryStore()));
