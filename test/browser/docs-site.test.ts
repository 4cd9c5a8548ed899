import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startOwnErrand, type TestErrand } from '../support/local-service/local-errand.ts';
import { type PrefixProxy, startPrefixProxy } from './prefix-proxy.ts';
import { startChromium } from './start-chromium.ts';

let browser: Browser;
let errand: TestErrand;
let stage: PrefixProxy;
beforeAll(async () => {
  browser = await startChromium();
  errand = await startOwnErrand();
  stage = await startPrefixProxy(errand.url, '/live');
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await stage?.stop();
  await errand?.end();
});

/** A page of the site, and what went wrong in it: errors of scripts, refused resources, requests to other origins. */
interface OpenSite {
  readonly page: Page;
  readonly faults: readonly string[];
}

async function openSite(url: string, options: BrowserContextOptions = {}): Promise<OpenSite> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) faults.push(message.text());
  });
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('request', (sent) => {
    if (new URL(sent.url()).origin !== new URL(url).origin) faults.push(`request to ${sent.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  return { page, faults };
}

const results = '#search-results [role=option]';
// biome-ignore lint/performance/useDomNodeTextContent: what the reader sees, without what is hidden
const textOf = (page: Page, selector: string) => page.locator(selector).first().innerText();

describe.each([
  ['at the root', () => errand.url],
  ['below a stage', () => stage.url],
])('the documentation site %s', (_, base) => {
  test('opens without a slash, and leads to each part of the menu', async () => {
    const { page, faults } = await openSite(`${base()}/v1/docs`);
    expect(page.url()).toBe(`${base()}/v1/docs/`);
    const links = await page.locator('#menu a').evaluateAll((all) => all.map((link) => Object(link).href));
    expect(links.length).toBeGreaterThan(25);
    for (const link of links) {
      await page.goto(link);
      expect(await textOf(page, 'h1')).not.toBe('');
      expect(await page.locator('#menu [aria-current=page]').count(), link).toBe(1);
    }
    expect(faults).toEqual([]);
  });

  test('finds pages by the keyboard alone', async () => {
    const { page, faults } = await openSite(`${base()}/v1/docs/guides/lifecycle`);
    await page.keyboard.press('/');
    await page.keyboard.type('idempotency key reused');
    await page.waitForSelector(results);
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('#search-results [aria-selected=true]').getAttribute('id')).toBe(
      'search-result-1',
    );
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${base()}/v1/docs/problems/idempotency-key-reused`);
    expect(await textOf(page, 'h1')).toBe('The idempotency key was used for a different request');
    expect(faults).toEqual([]);
  });

  test('leads from an operation to its schemas and its problems', async () => {
    const { page, faults } = await openSite(`${base()}/v1/docs/reference/submitJob`);
    expect(await textOf(page, '.endpoint')).toMatch(/POST\s+\/v1\/jobs/);
    expect(await textOf(page, 'figure.code')).toContain('curl');
    await page.locator('article a[href$="schemas/Submission"]').first().click();
    expect(await textOf(page, 'h1')).toBe('Submission');
    await page.goBack();
    await page.locator('article a[href$="problems/invalid-parameters"]').click();
    expect(await textOf(page, 'h1')).toContain('parameters do not match');
    await page.locator('article a[href$="reference/submitJob"]').click();
    expect(page.url()).toBe(`${base()}/v1/docs/reference/submitJob`);
    expect(faults).toEqual([]);
  });

  test('has a page for an address that does not exist, which leads back', async () => {
    const { page } = await openSite(`${base()}/v1/docs/a/b/none`);
    expect(await textOf(page, 'h1')).toBe('Page not found');
    await page.locator('article a').click();
    expect(page.url()).toBe(`${base()}/v1/docs/`);
  });
});

describe('a page of the site', () => {
  test('finds what a reader searches for first', async () => {
    const { page } = await openSite(`${errand.url}/v1/docs/`);
    const wanted = [
      ['rerun', /rerun/i],
      ['maxAttempts', /retr/i],
      ['409 job-running', /job has not ended/i],
      ['webhook signature', /webhook/i],
      ['listJobs', /list jobs/i],
    ] as const;
    for (const [query, expected] of wanted) {
      await page.fill('.search input', query);
      await expect.poll(() => textOf(page, results), { message: query }).toMatch(expected);
    }
    await page.fill('.search input', 'qqqqzzzz');
    await page.locator('.search-status.visible').waitFor();
    expect(await textOf(page, '.search-status')).toBe('Nothing found for qqqqzzzz');
  });

  test('copies the commands of a terminal without their prompts', async () => {
    const { page } = await openSite(`${errand.url}/v1/docs/guides/cli`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.locator('figure.code[data-language=shell] .copy').first().click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate(() => Object(globalThis).navigator.clipboard.readText());
    expect(copied).toMatch(/^\S/);
    expect(copied).not.toContain('$ ');
  });

  test('keeps the colors that the reader chose', async () => {
    const { page } = await openSite(`${errand.url}/v1/docs/`, { colorScheme: 'light' });
    const background = () =>
      page.evaluate(
        () => Object(globalThis).getComputedStyle(Object(globalThis).document.body).backgroundColor,
      );
    expect(await background()).toBe('rgb(255, 255, 255)');
    await page.getByRole('button', { name: 'Switch to dark colors' }).click();
    const dark = await background();
    expect(dark).not.toBe('rgb(255, 255, 255)');
    await page.goto(`${errand.url}/v1/docs/concepts`);
    expect(await background()).toBe(dark);
    await page.getByRole('button', { name: 'Switch to light colors' }).click();
    expect(await background()).toBe('rgb(255, 255, 255)');
  });

  test('has its menu behind a button on a phone, and without scripts below the text', async () => {
    const phone = { viewport: { width: 390, height: 844 } };
    const { page } = await openSite(`${errand.url}/v1/docs/`, phone);
    const menu = page.locator('#menu');
    expect(await menu.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Menu' }).click();
    expect(await menu.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await menu.isVisible()).toBe(false);
    const { page: plain } = await openSite(`${errand.url}/v1/docs/`, { ...phone, javaScriptEnabled: false });
    expect(await plain.locator('#menu').isVisible()).toBe(true);
    expect(await plain.locator('.search').isVisible()).toBe(false);
  });

  test.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)('fits into the window with %s colors at a width of %i pixels', async (colorScheme, width) => {
    const { page, faults } = await openSite(`${errand.url}/v1/docs/`, {
      colorScheme,
      viewport: { width, height: 900 },
    });
    for (const path of [
      '',
      'concepts',
      'guides/api',
      'reference/submitJob',
      'schemas/Job',
      'problems/overview',
    ]) {
      await page.goto(`${errand.url}/v1/docs/${path}`);
      const overflow = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = Object(globalThis).document.documentElement;
        return scrollWidth - clientWidth;
      });
      expect(overflow, path).toBe(0);
      keepScreenshot(
        `${path.replace('/', '-') || 'index'}-${width}-${colorScheme}.png`,
        await page.screenshot(),
      );
    }
    expect(faults).toEqual([]);
  });
});

/** For a person who wants to see the pages: `ERRAND_SCREENSHOTS` names a folder. */
function keepScreenshot(name: string, image: Buffer): void {
  const folder = process.env['ERRAND_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), image);
}
