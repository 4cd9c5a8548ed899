import { problemTypes } from '../../core/contract/problems/problem-types.ts';
import { problemsOf, type Route, requiresKey } from '../../core/contract/routes/route.ts';
import { routes } from '../../core/contract/routes/routes.ts';
import { escapeHtml, inlineHtml } from '../html.ts';
import { codeBlock } from '../markdown/highlight.ts';
import type { Page } from '../page.ts';
import { curlExample } from './curl-example.ts';
import { describeValue, namedTable } from './members-table.ts';
import type { OpenApi, OpenResponse, Operation, Parameter, Schema } from './open-api.ts';
import { examplesOf } from './sample-value.ts';
import { choicesOf, shapeName, typeLabel } from './type-label.ts';

/** Path of the page of an operation. */
export function operationPath({ operationId }: Pick<Operation, 'operationId'>): string {
  return `reference/${operationId}`;
}

/** Creates the page of an operation. */
export function operationPage(operation: Operation, api: OpenApi): Page {
  const route = routeOf(operation);
  const title = operationTitle(operation);
  const parts = [
    { id: 'request', text: 'Request', html: requestHtml(operation, api) },
    { id: 'example', text: 'Example', html: exampleHtml({ operation, route, api }) },
    { id: 'responses', text: 'Responses', html: responsesHtml(operation, api) },
    { id: 'problems', text: 'Problems', html: problemsHtml(route) },
  ].filter(({ html }) => html !== '');
  const head = `<h1 id="${escapeHtml(operation.operationId)}">${title}</h1>${endpointHtml(operation)}${factsHtml(operation, route)}`;
  const body = parts.map(
    ({ id, text, html }) =>
      `<h2 id="${id}">${text} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h2>${html}`,
  );
  return {
    path: operationPath(operation),
    title: title,
    content: head + body.join(''),
    headings: parts.map(({ id, text }) => ({ id, text, level: 2 })),
    search: [{ id: '', heading: title, text: searchText(operation) }],
  };
}

/** The method and path as a line. */
function endpointHtml({ method, path }: Pick<Operation, 'method' | 'path'>): string {
  return `<p class="endpoint"><span class="method ${method.toLowerCase()}">${method}</span> <code>${escapeHtml(path).replaceAll('/', '/<wbr>')}</code></p>`;
}

/** The operation ID in words, such as `Submit job`. */
export function operationTitle({ operationId }: Pick<Operation, 'operationId'>): string {
  const words = operationId.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`.replace('open api', 'OpenAPI');
}

function routeOf({ operationId }: Operation): Route {
  const route = routes.find((one) => one.operationId === operationId);
  if (route === undefined)
    throw new Error(`The OpenAPI document has an operation ${operationId} that no route has`);
  return route;
}

function factsHtml({ summary, description, operationId }: Operation, route: Route): string {
  const scope =
    route.furtherScope === undefined
      ? `<code>${route.scope}</code>`
      : `<code>${route.scope}</code> and <code>${route.furtherScope}</code>`;
  const access = route.requiresWorkerToken
    ? 'The worker token of the attempt'
    : requiresKey(route)
      ? route.scope === undefined
        ? 'An API key'
        : `An API key with the scope ${scope}`
      : 'None';
  return `<p>${inlineHtml(summary)}.</p>${description === undefined ? '' : paragraphs(description)}<dl class="facts"><dt>Access</dt><dd>${access}</dd><dt>Operation ID</dt><dd><code>${operationId}</code></dd></dl>`;
}

function paragraphs(text: string): string {
  return text
    .split(/\n\n+/)
    .map((part) => `<p>${inlineHtml(part)}</p>`)
    .join('');
}

function requestHtml(operation: Operation, api: OpenApi): string {
  const groups = (['path', 'query', 'header'] as const).map((place) =>
    parametersHtml(
      place,
      operation.parameters.filter((parameter) => parameter.in === place),
    ),
  );
  const body = operation.requestBody;
  if (body === undefined) return groups.join('');
  const [[mediaType, media] = ['', {}]] = Object.entries(body.content);
  const note = `<p>${escapeHtml(Object.keys(body.content).join(' or ') || mediaType)}${body.required ? '' : ', optional'}</p>`;
  return `${groups.join('')}<h3 id="body">Body</h3>${note}${bodyHtml(media.schema ?? {}, api)}`;
}

/** The members of a named body are shown where it is used; those of a choice for the first one. Responses only lead to them. */
function bodyHtml(schema: Schema, api: OpenApi): string {
  const first = shapeName(schema) === undefined ? choicesOf(schema)?.[0] : schema;
  const name = first === undefined ? undefined : shapeName(first);
  if (name === undefined) return describeValue(schema);
  const members = describeValue(api.schemas[name] ?? {});
  if (first === schema) return `<p>${typeLabel(schema)}</p>${members}`;
  return `${describeValue(schema)}<p class="choice">Members of ${typeLabel(first)}:</p>${members}`;
}

const placeTitles = { path: 'Path parameters', query: 'Query parameters', header: 'Headers' } as const;

function parametersHtml(place: keyof typeof placeTitles, parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, schema = {}, description, required, example }) => ({
    name,
    isRequired: required === true,
    schema: {
      ...schema,
      ...(description === undefined ? {} : { description }),
      ...(example === undefined ? {} : { example }),
    },
  }));
  return `<h3 id="${place}-parameters">${placeTitles[place]}</h3>${namedTable(rows, 'Name')}`;
}

function exampleHtml({
  operation,
  route,
  api,
}: {
  readonly operation: Operation;
  readonly route: Route;
  readonly api: OpenApi;
}): string {
  const media = Object.values(operation.requestBody?.content ?? {})[0];
  const examples = media === undefined ? [] : examplesOf(media, api);
  const access = route.requiresWorkerToken ? 'worker' : requiresKey(route) ? 'key' : 'none';
  const calls = (examples.length === 0 ? [{ title: '', value: undefined }] : examples).map(
    ({ title, value }) =>
      `${examples.length > 1 ? `<p>${inlineHtml(title)}</p>` : ''}${codeBlock(curlExample(operation, access, value), 'sh')}`,
  );
  return calls.join('');
}

function responsesHtml({ responses }: Operation, api: OpenApi): string {
  return Object.entries(responses)
    .filter(([status]) => Number(status) < 400)
    .map(([status, response]) => responseHtml(status, api.resolve<OpenResponse>(response), api))
    .join('');
}

function responseHtml(
  status: string,
  { description = '', headers = {}, content = {} }: OpenResponse,
  api: OpenApi,
): string {
  const names = Object.keys(headers).map((name) => `<code>${escapeHtml(name)}</code>`);
  const bodies = Object.entries(content).map(([mediaType, media]) => {
    const examples =
      media.example === undefined && media.examples === undefined ? [] : examplesOf(media, api);
    const shown = examples.map(
      ({ title, value }) =>
        `${examples.length > 1 ? `<p>${inlineHtml(title)}</p>` : ''}${typeof value === 'string' ? codeBlock(value, 'http') : codeBlock(`${JSON.stringify(value, null, 2)}\n`, 'json')}`,
    );
    return `<p class="media">${escapeHtml(mediaType)}</p>${describeValue(media.schema ?? {})}<div class="long">${shown.join('')}</div>`;
  });
  return `<h3 id="response-${status}"><span class="status">${status}</span> ${inlineHtml(description)}</h3>${names.length === 0 ? '' : `<p class="media">Headers: ${names.join(', ')}</p>`}${bodies.join('')}`;
}

function problemsHtml(route: Route): string {
  const rows = [...new Set(problemsOf(route))]
    .map((slug) => ({ slug, ...problemTypes[slug] }))
    .sort((left, right) => left.status - right.status)
    .map(
      ({ slug, status, title }) =>
        `<tr><td><span class="status">${status}</span></td><td><a href="site:problems/${slug}"><code>${slug}</code></a></td><td>${escapeHtml(title)}</td></tr>`,
    );
  return rows.length === 0
    ? ''
    : `<div class="table"><table><thead><tr><th>Status</th><th>Problem</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function searchText({ method, path, operationId, summary, description = '', parameters }: Operation): string {
  const names = parameters.map(({ name }) => name).join(' ');
  return `${method} ${path} ${operationId} ${summary} ${description} ${names}`;
}
