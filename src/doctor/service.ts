/** The doctor's look at the language model, at embeddings, and at the address under which the platforms reach us. */
import type { Config } from '../config/config.ts';
import { missing, ok, warn, wrong, type Ask, type Line } from './tools.ts';

export async function modelLines(model: Config['model'], ask: Ask): Promise<Line[]> {
  if (model === null)
    return [
      warn(
        'Model: none is set, so answers are the sections themselves',
        'OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own',
      ),
    ];
  const { baseUrl, apiKey, fallbackModel, smallModel } = model;
  const headers = { authorization: `Bearer ${apiKey}` };
  const listed = await ask(`${baseUrl}/models`, { headers });
  if (typeof listed === 'string') return [unreached('Model', baseUrl, listed)];
  if (keyIsRefused(listed.status)) return [keyRefused('Model', baseUrl, 'OPENAI_API_KEY')];
  const names = idsOf(listed.json);

  /** Some endpoints list what they could run rather than what they do: a word from the model itself settles it. */
  async function lineOf(name: string, setting: string): Promise<Line> {
    if (names.includes(name)) return ok(`Model: ${name} at ${hostOf(baseUrl)}`);
    const answer = await ask(`${baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ model: name, messages: [{ role: 'user', content: 'Say ok.' }] }),
    });
    if (typeof answer === 'string') return unreached('Model', baseUrl, answer);
    if (keyIsRefused(answer.status)) return keyRefused('Model', baseUrl, 'OPENAI_API_KEY');
    if (answer.status === 200 && Array.isArray(answer.json.choices))
      return ok(`Model: ${name} at ${hostOf(baseUrl)} answers`);
    return wrong(
      `Model: ${hostOf(baseUrl)} does not answer for ${name} (status ${answer.status})`,
      `${setting}${names.length === 0 ? '' : `: it offers ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`}`,
    );
  }
  return Promise.all([
    lineOf(model.model, 'OPENAI_MODEL'),
    ...(fallbackModel === null ? [] : [lineOf(fallbackModel, 'OPENAI_FALLBACK_MODEL')]),
    ...(smallModel === null ? [] : [lineOf(smallModel, 'OPENAI_SMALL_MODEL')]),
  ]);
}

export async function embeddingLines(embedding: Config['embedding'], ask: Ask): Promise<Line[]> {
  if (embedding === null)
    return [warn('Embedding: none is set, so search goes by keywords', 'EMBEDDING_MODEL, and its endpoint')];
  const { baseUrl, apiKey, model, dimensions } = embedding;
  const answer = await ask(`${baseUrl}/embeddings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model,
      input: ['ok'],
      encoding_format: 'float',
      ...(model.startsWith('text-embedding-3') ? { dimensions } : {}),
    }),
  });
  if (typeof answer === 'string') return [unreached('Embedding', baseUrl, answer)];
  if (keyIsRefused(answer.status))
    return [keyRefused('Embedding', baseUrl, 'EMBEDDING_API_KEY or OPENAI_API_KEY')];
  const [first] = Array.isArray(answer.json.data) ? (answer.json.data as { embedding?: unknown }[]) : [];
  if (answer.status !== 200 || !Array.isArray(first?.embedding))
    return [
      wrong(
        `Embedding: ${hostOf(baseUrl)} does not embed with ${model} (status ${answer.status})`,
        'EMBEDDING_MODEL',
      ),
    ];
  return [
    first.embedding.length === dimensions
      ? ok(`Embedding: ${model} at ${hostOf(baseUrl)}, ${dimensions} numbers`)
      : wrong(
          `Embedding: ${model} gives ${first.embedding.length} numbers, not ${dimensions}`,
          `EMBEDDING_DIMENSIONS=${first.embedding.length}`,
        ),
  ];
}

/** The paths that have to be reached from outside, by what the configuration names. */
function pathsOf({ slack, teams }: Config): string[] {
  return [
    ...(slack !== null && slack.appToken === null ? ['/slack/events'] : []),
    ...(teams !== null && teams !== 'playground' ? ['/api/messages'] : []),
  ];
}

/** Only our own page holds the place for a code, and only under the name that browsers call. */
export async function screenLines({ screen, server }: Config, ask: Ask): Promise<Line[]> {
  if (screen === null) return [];
  const answer = await ask(`${screen.url}/screen`);
  const where = `SCREEN_URL, and the proxy there: it must pass /screen and the name of the host on to port ${server.port} of this service`;
  if (typeof answer === 'string') return [wrong(`Screen: ${screen.url} was not reached: ${answer}`, where)];
  if (answer.status === 421) return [wrong(`Screen: ${screen.url} is reached under another name`, where)];
  return [
    answer.status === 200 && answer.text.includes('name="code"')
      ? ok(`Screen: ${screen.url}/screen asks for a code`)
      : wrong(`Screen: ${screen.url}/screen is answered by something else (status ${answer.status})`, where),
  ];
}

export async function addressLines(config: Config, ask: Ask): Promise<Line[]> {
  const { publicUrl, port } = config.server;
  const paths = pathsOf(config);
  if (publicUrl === null) {
    if (paths.length === 0) return [ok('Address: none is needed')];
    return [
      missing(
        `Address: PUBLIC_URL is not set, so nobody can tell whether ${paths.join(' and ')} can be reached`,
        'the https:// address that the proxy before this service has',
      ),
    ];
  }
  const health = await ask(`${publicUrl}/healthz`);
  const proxy = `the proxy at ${publicUrl}: it must pass all paths on to port ${port} of this service`;
  if (typeof health === 'string')
    return [
      wrong(
        `Address: ${publicUrl} was not reached: ${health}`,
        `start the service (npm start) and ask again; then the host's name, its certificate and ${proxy}`,
      ),
    ];
  if (health.status === 503 && ['down', 'stopping'].includes(health.text.trim()))
    return [
      wrong(`Address: ${publicUrl} is ours, and says that it cannot work`, 'its log, and the database above'),
    ];
  if (health.status !== 200 || health.text.trim() !== 'ok')
    return [
      wrong(
        `Address: ${publicUrl}/healthz is answered by something else (status ${health.status})`,
        `is the service started? Then ${proxy}`,
      ),
    ];
  const lines = await Promise.all([
    ...paths.map((path) => pathLine(publicUrl, path, proxy)),
    ...(config.slack?.oauth == null ? [] : [installLine(publicUrl, config.slack.oauth.allowedWorkspaces)]),
  ]);
  return [ok(`Address: ${publicUrl} ends at this service`), ...lines];

  /** Who installs the app first brings the people of that workspace along, who are ours from then on. */
  async function installLine(base: string, allowed: readonly string[]): Promise<Line> {
    if (allowed.length > 0)
      return ok(`Address: /slack/install takes ${allowed.join(', ')} and no other workspace`);
    const answer = await ask(`${base}/slack/install`);
    return typeof answer !== 'string' && answer.status === 200
      ? warn(
          'Address: /slack/install is open to whoever reaches it as this machine does, and without a list the first workspace that installs is ours',
          'SLACK_ALLOWED_WORKSPACES, the ids of your workspaces',
        )
      : ok('Address: /slack/install cannot be opened from here');
  }

  /** Our doors refuse what is not signed: that refusal is the proof that a door stands there. */
  async function pathLine(base: string, path: string, where: string): Promise<Line> {
    const answer = await ask(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    if (typeof answer === 'string') return wrong(`Address: ${path} was not reached: ${answer}`, where);
    return [400, 401, 403].includes(answer.status)
      ? ok(`Address: ${path} is reached, and lets nobody in who does not prove who they are`)
      : wrong(
          `Address: ${path} answers ${answer.status}, where our door would refuse us`,
          answer.status === 404 ? 'restart the service with these settings' : where,
        );
  }
}

function idsOf({ data }: Record<string, unknown>): string[] {
  if (!Array.isArray(data)) return [];
  return (data as { id?: unknown }[]).flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function keyIsRefused(status: number): boolean {
  return status === 401 || status === 403;
}

function unreached(subject: string, baseUrl: string, reason: string): Line {
  const setting = subject === 'Model' ? 'OPENAI_BASE_URL' : 'EMBEDDING_BASE_URL or OPENAI_BASE_URL';
  return wrong(
    `${subject}: ${hostOf(baseUrl)} was not reached: ${reason}`,
    `${setting}, or the network of this machine`,
  );
}

function keyRefused(subject: string, baseUrl: string, setting: string): Line {
  return wrong(`${subject}: ${hostOf(baseUrl)} refuses the key`, setting);
}
