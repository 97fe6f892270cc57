/** The doctor: it says what it looked at, prints no secret, waits for nobody, and names where to put each thing right. */
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { doctor, linesText, runDoctor, settingsLines } from '../../src/doctor/doctor.ts';
import { OperatorError } from '../../src/errors.ts';
import {
  dataFolder,
  examine,
  key,
  service,
  slack,
  startStandIn,
  teams,
  wellAnswers,
  type Answers,
  type Settings,
} from '../support/doctor-stand-in.ts';

describe('the doctor', () => {
  it('finds nothing where all is well, and says what it looked at', async () => {
    const { ok, text } = await examine({ ...service, ...slack, ...teams, ENCRYPTION_KEY: key });

    expect(ok).toBe(true);
    expect(text.replace(dataFolder, 'data')).toBe(`\
ok       Database: embedded, in the folder data, which the first start fills
ok       Encryption: ENCRYPTION_KEY is set
ok       Slack: SLACK_BOT_TOKEN works in the workspace Meadow (T0001)
ok       Slack: all 7 scopes that Isma needs are granted
ok       Slack: SLACK_SIGNING_SECRET has the right shape (the first event shows whether it is the right one)
ok       Teams: TEAMS_CLIENT_ID has the right shape
ok       Teams: TEAMS_TENANT_ID has the right shape
ok       Teams: people of its own tenant alone are answered
ok       Teams: Microsoft gives us a token, by secret
ok       Address: https://isma.meadow.example ends at this service
ok       Address: /slack/events is reached, and lets nobody in who does not prove who they are
ok       Address: /api/messages is reached, and lets nobody in who does not prove who they are
ok       Model: gpt-5-mini at api.openai.com
ok       Embedding: text-embedding-3-small at api.openai.com, 1536 numbers
`);
  });

  it('says what is missing of an empty configuration, and that the rest can wait', async () => {
    const { ok, text } = await examine({});

    expect(ok).toBe(false);
    expect(text.replace(dataFolder, 'data')).toBe(`\
ok       Database: embedded, in the folder data, which the first start fills
missing  Platforms: neither Slack nor Teams is set
         → manifest/README.md, step by step; npm run demo needs neither
ok       Address: none is needed
warn     Model: none is set, so answers are the sections themselves
         → OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own
warn     Embedding: none is set, so search goes by keywords
         → EMBEDDING_MODEL, and its endpoint
`);
  });

  it('opens the shared screen as a browser does, where there is one', async () => {
    const screen = { ...service, ...slack, SCREEN_URL: 'https://isma.meadow.example/' };
    const { ok, text } = await examine(screen);
    const alone = await examine({ ...service, SCREEN_URL: screen.SCREEN_URL });
    const renamed = await examine(screen, { 'isma.meadow.example/screen': () => ({ status: 421 }) });
    const other = await examine(screen, { 'isma.meadow.example/screen': () => ({ text: 'It works!' }) });

    expect([ok, alone.ok, renamed.ok, other.ok]).toEqual([true, true, false, false]);
    expect(text).toContain('ok       Screen: https://isma.meadow.example/screen asks for a code');
    expect(renamed.text).toContain(
      'wrong    Screen: https://isma.meadow.example is reached under another name',
    );
    expect(other.text).toContain('/screen is answered by something else (status 200)');
  });

  it('prints no secret, even where somebody sends one back', async () => {
    const echo = () => ({
      headers: { 'x-oauth-scopes': `chat:write,${slack.SLACK_BOT_TOKEN}` },
      json: { ok: true, team: slack.SLACK_BOT_TOKEN, team_id: teams.TEAMS_CLIENT_SECRET, bot_id: 'B1' },
    });
    const { text } = await examine(
      {
        ...service,
        ...slack,
        ...teams,
        ENCRYPTION_KEY: key,
        DATABASE_URL: 'postgres://isma:hunter22@127.0.0.1:1/isma',
      },
      {
        'slack.com/api/auth.test': echo,
        'api.openai.com/v1/models': () => ({ status: 500, text: 'sk-made-up-key' }),
        'api.openai.com/v1/embeddings': ({ authorization }) => ({
          status: 400,
          json: { error: authorization },
        }),
      },
    );

    for (const secret of [
      slack.SLACK_BOT_TOKEN,
      slack.SLACK_SIGNING_SECRET,
      teams.TEAMS_CLIENT_SECRET,
      'hunter22',
      'sk-made-up',
      key,
    ])
      expect(text).not.toContain(secret);
    expect(text).toContain('works in the workspace … (…)');
  });

  it('ends within seconds where there is no network, and says so', async () => {
    const offline = () =>
      Promise.reject(
        new TypeError('fetch failed', { cause: Object.assign(new Error(), { code: 'ENOTFOUND' }) }),
      );

    const { ok, lines } = await doctor({
      config: readConfig({ ...service, ...slack, ...teams }),
      fetch: offline,
    });

    expect(ok).toBe(false);
    expect(linesText(lines)).toContain('Slack was not reached: no such host');
    expect(linesText(lines)).toContain('no token could be asked for: no such host');
    expect(linesText(lines)).toContain('https://isma.meadow.example was not reached: no such host');
  });

  it('waits for nobody who does not answer', async () => {
    let asked = 0;
    let askedBeforeTheFirstWasLeft: number | null = null;
    const silent: typeof fetch = (_url, init) =>
      new Promise((_resolve, reject) => {
        asked += 1;
        init?.signal?.addEventListener('abort', () => {
          askedBeforeTheFirstWasLeft ??= asked;
          reject(init.signal?.reason as Error);
        });
      });

    const { ok, lines } = await doctor({
      config: readConfig({ ...service, ...slack, ...teams }),
      fetch: silent,
    });

    expect(ok).toBe(false);
    expect(askedBeforeTheFirstWasLeft).toBeGreaterThan(1); // one after the other they would be waited for too long
    expect(linesText(lines)).toContain('no answer within 5 seconds');
  });
});

describe('the command', () => {
  it('tells what reading the settings complained of, a line each', async () => {
    let text = '';

    const well = await runDoctor(
      () => readConfig({ PORT: 'loud', LOG_LEVEL: 'loud' }),
      (part) => (text += part),
    );

    expect(well).toBe(false);
    expect(text).toContain('wrong    Settings: PORT must be a port, 0 to 65535');
    expect(text).toContain('wrong    Settings: LOG_LEVEL must be debug, info, warn, error or silent');
    expect(text).toMatch(/\n\d+ wrong, \d+ missing\.\n$/);
  });

  it('names what is missing of a beginning, and where to get it', () => {
    const lines = settingsLines(
      new OperatorError('These settings are wrong:\n  SLACK_BOT_TOKEN is missing: over there.\nMore.'),
    );

    expect(linesText(lines)).toBe('missing  Settings: SLACK_BOT_TOKEN is not set\n         → over there\n');
  });

  it('prints the lines and a verdict', async () => {
    const standIn = await startStandIn(wellAnswers);
    let text = '';

    const well = await runDoctor(
      () => readConfig({ ...service, ...slack }),
      (part) => (text += part),
      { fetch: standIn.fetch },
    );
    await standIn.close();

    expect(well).toBe(true);
    expect(text).toMatch(/^ok {7}Database: [\s\S]*\n\nAll is well\.\n$/);
  });
});
describe('the doctor on the public address', () => {
  it.each<[string, Answers, string]>([
    ['a proxy that leads elsewhere', { 'isma.meadow.example/healthz': () => ({ text: '<h1>Welcome</h1>' }) }, 'is answered by something else (status 200)'],
    ['a proxy that sends people on', { 'isma.meadow.example/healthz': () => ({ status: 301, headers: { location: 'https://elsewhere.example' } }) }, 'is answered by something else (status 301)'],
    ['a service that is down', { 'isma.meadow.example/healthz': () => ({ status: 503, text: 'down\n' }) }, 'is ours, and says that it cannot work'],
    ['a path that is not passed on', { 'isma.meadow.example/slack/events': () => ({ status: 404 }) }, '/slack/events answers 404'],
    ['a door that lets anybody in', { 'isma.meadow.example/slack/events': () => ({ status: 200 }) }, '/slack/events answers 200'],
  ])('hears of %s', async (_what, answers, expected) => {
    const { ok, text } = await examine({ ...service, ...slack }, answers);

    expect(ok).toBe(false);
    expect(text).toContain(expected);
  }); // prettier-ignore
});

describe('the doctor on model and embedding', () => {
  it.each<[string, Settings, Answers, string]>([
    ['a key that is refused', {}, { 'api.openai.com/v1/models': () => ({ status: 401 }) }, 'wrong    Model: api.openai.com refuses the key'],
    ['a model that is not offered', { OPENAI_MODEL: 'gpt-9' }, {}, 'wrong    Model: api.openai.com does not answer for gpt-9 (status 404)\n         → OPENAI_MODEL: it offers gpt-5-mini'],
    ['a fallback that is not offered', { OPENAI_FALLBACK_MODEL: 'gpt-9' }, {}, '→ OPENAI_FALLBACK_MODEL: it offers gpt-5-mini'],
    ['a small model that is not offered', { OPENAI_SMALL_MODEL: 'gpt-9' }, {}, '→ OPENAI_SMALL_MODEL: it offers gpt-5-mini'],
    ['other dimensions', { EMBEDDING_DIMENSIONS: '1024' }, {}, '→ EMBEDDING_DIMENSIONS=1536'],
    ['an embedding model that is none', {}, { 'api.openai.com/v1/embeddings': () => ({ status: 404 }) }, 'does not embed with text-embedding-3-small (status 404)'],
  ])('hears of %s', async (_what, settings, answers, expected) => {
    const { ok, text } = await examine({ ...service, ...slack, ...settings }, answers);

    expect(ok).toBe(false);
    expect(text).toContain(expected);
  }); // prettier-ignore

  it('asks the model itself where the endpoint does not list it', async () => {
    const { text } = await examine(
      { OPENAI_BASE_URL: 'https://own.example/v1', OPENAI_MODEL: 'of-ours' },
      { 'own.example/v1/chat/completions': () => ({ json: { choices: [{}] } }) },
    );

    expect(text).toContain('ok       Model: of-ours at own.example answers');
  });
});
