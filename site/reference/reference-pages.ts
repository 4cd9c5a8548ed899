import { escapeHtml, inlineHtml } from '../html.ts';
import type { MenuItem, Page } from '../page.ts';
import { describeValue } from './members-table.ts';
import type { OpenApi, Operation } from './open-api.ts';
import { operationPage, operationPath } from './operation-page.ts';

/** Menu entries of the operations: one for each tag, with its operations below it. */
export function operationItems(api: OpenApi): readonly MenuItem[] {
  return api.tags.map(({ name, description }) => {
    const operations = api.operations.filter(({ tags }) => tags.includes(name));
    return {
      page: tagPage({ name, description, operations }),
      children: operations.map((operation) => operationPage(operation, api)),
    };
  });
}

interface Tag {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

function tagPage({ name, description, operations }: Tag): Page {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const rows = operations.map(
    (operation) =>
      `<tr><td><span class="method ${operation.method.toLowerCase()}">${operation.method}</span></td><td><a href="site:${operationPath(operation)}"><code>${escapeHtml(operation.path)}</code></a></td><td>${inlineHtml(operation.summary)}</td></tr>`,
  );
  return {
    path: `reference/${name}`,
    title: `${title}: operations of the API`,
    menuTitle: title,
    content: `<h1 id="${name}">${title}</h1><p>${inlineHtml(description)}.</p><div class="table"><table class="operations"><thead><tr><th>Method</th><th>Path</th><th>Operation</th></tr></thead><tbody>${rows.join('')}</tbody></table></div><p><a href="site:guides/api">API conventions</a> describe what all operations share: authentication, lists, waiting, conditional requests and problems. The <a href="site:openapi.json">OpenAPI document</a> contains all of this for programs.</p>`,
    headings: [],
    search: [{ id: '', heading: title, text: description }],
  };
}

/** The menu entry of the named shapes, with a page for each below it. */
export function schemaItem(api: OpenApi): MenuItem {
  const names = Object.keys(api.schemas).sort();
  const list = names.map(
    (name) =>
      `<tr><td><a href="site:schemas/${name}">${name}</a></td><td>${inlineHtml(api.schemas[name]?.description ?? '')}</td></tr>`,
  );
  const page = {
    path: 'schemas/overview',
    title: 'Schemas',
    content: `<h1 id="schemas">Schemas</h1><p>The named shapes of requests and responses.</p><div class="table"><table><thead><tr><th>Schema</th><th>Description</th></tr></thead><tbody>${list.join('')}</tbody></table></div>`,
    headings: [],
    search: [],
  };
  return { page, children: names.map((name) => schemaPage(name, api)) };
}

function schemaPage(name: string, api: OpenApi): Page {
  const schema = api.schemas[name] ?? {};
  const users = api.operations.filter((operation) => usesShape(operation, name, api));
  const links = users.map(
    (operation) => `<li><a href="site:${operationPath(operation)}">${inlineHtml(operation.summary)}</a></li>`,
  );
  const description = schema.description === undefined ? '' : `<p>${inlineHtml(schema.description)}</p>`;
  return {
    path: `schemas/${name}`,
    title: name,
    content: `<h1 id="${name}">${name}</h1>${description}${describeValue(schema)}${links.length === 0 ? '' : `<h2 id="operations">Operations</h2><ul>${links.join('')}</ul>`}`,
    headings: [],
    search: [
      {
        id: '',
        heading: name,
        text: `${schema.description ?? ''} ${Object.keys(schema.properties ?? {}).join(' ')}`,
      },
    ],
  };
}

/** Whether the request or a successful response of an operation has the shape itself, at any depth outside other shapes. */
function usesShape(operation: Operation, name: string, api: OpenApi): boolean {
  const responses = Object.entries(operation.responses)
    .filter(([status]) => Number(status) < 400)
    .map(([, response]) => api.resolve(response));
  return JSON.stringify([operation.requestBody, responses]).includes(`"#/components/schemas/${name}"`);
}
