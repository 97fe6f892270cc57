/** The shared screen over real HTTP, and a browser's part of it: cookies, forms, and what a page says. */
import { createService } from '../../src/app/app.ts';
import { createDoors } from '../../src/app/doors.ts';
import { listen } from '../../src/app/http.ts';
import type { App } from '../../src/app/open-app.ts';
import type { Core, Route } from '../../src/conversation/port.ts';
import type { Database } from '../../src/db/database.ts';
import { keepCodes, makeCodes } from '../../src/records/screen-code.ts';
import { silentLog, startHarness, today } from './harness.ts';

export interface Screen {
  app: App;
  core: Core;
  url: string;
  /** Somebody's new code, by their address. */
  codeOf(email: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param at  the address under which browsers reach it, where that is not where it listens */
export async function startScreen(db: Database, clock: () => Date = () => today): Promise<Screen> {
  const harness = await startHarness({ db, clock });
  await harness.stop();
  let routes: Route[] = [];
  // A door is made for its address, which is known once the server listens.
  const later = (method: Route['method'], path: string): Route => ({
    method,
    path,
    handle: (request, response) =>
      routes.find((route) => route.method === method && route.path === path)?.handle(request, response),
  });
  const server = await listen({
    host: '127.0.0.1',
    port: 0,
    routes: [
      later('GET', '/screen'),
      ...['code', 'press', 'done'].map((name) => later('POST', `/screen/${name}`)),
    ],
    isHealthy: async () => true,
    log: silentLog,
  });
  const app: App = { ...harness.app, config: { ...harness.app.config, screen: { url: server.url } } };
  const [door] = await createDoors(app);
  if (door === undefined) throw new Error('there is no door');
  routes = door.routes;
  const core = createService(app, [door.port]);
  await core.start();
  await door.start(core);
  return {
    app,
    core,
    url: server.url,
    async codeOf(email) {
      const { rows } = await db.query('select id from person where email = $1', [email]);
      const [made] = await makeCodes(db, [Number(rows[0]?.['id'])]);
      if (made === undefined) throw new Error(`nobody is ${email}`);
      await db.transaction((tx) =>
        keepCodes(tx, [made], { actor: 'test', at: clock() }, new Date(clock().getTime() + 1)),
      );
      return made.code;
    },
    async stop() {
      await core.stop();
      await server.close();
    },
  };
}

export interface FormShown {
  action: string;
  fields: Record<string, string>;
  label: string;
}

export interface Shown {
  status: number;
  html: string;
  /** What the page says, without its marks. */
  text: string;
  forms: FormShown[];
}

/** One browser, with what it keeps. */
export function createBrowser(url: string, from: Record<string, string> = {}) {
  let cookie = '';

  async function send(path: string, init: RequestInit = {}): Promise<Shown> {
    const response = await fetch(`${url}${path}`, {
      redirect: 'manual',
      ...init,
      headers: {
        'accept-language': 'en-GB,en',
        ...(cookie === '' ? {} : { cookie }),
        ...from,
        ...init.headers,
      },
    });
    const [set] = response.headers.getSetCookie();
    if (set !== undefined) cookie = /Max-Age=0/.test(set) ? '' : (set.split(';')[0] ?? '');
    if (response.status === 303) {
      await response.body?.cancel();
      return send(response.headers.get('location') ?? '/');
    }
    const html = await response.text();
    return { status: response.status, html, text: wordsOf(html), forms: formsIn(html) };
  }

  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    send(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: url, ...headers } });

  return {
    get: (path = '/screen') => send(path),
    post,
    cookie: () => cookie,
    keep: (other: string) => void (cookie = other),
    enter: (code: string, more: Record<string, string> = {}) => post('/screen/code', { code, ...more }),
    /** The button with these words on a page that was shown. */
    async press({ forms }: Shown, label: string, values: Record<string, string> = {}): Promise<Shown> {
      const form = forms.find((each) => each.label === label);
      if (form === undefined)
        throw new Error(`no button «${label}» among ${forms.map((each) => each.label).join(', ')}`);
      return post(form.action, { ...form.fields, ...values });
    },
  };
}

function formsIn(html: string): FormShown[] {
  return [...html.matchAll(/<form[^>]*action="([^"]*)"[^>]*>(.*?)<\/form>/gs)].map(([, action = '', inside = '']) => ({
    action,
    fields: Object.fromEntries(
      [...inside.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name = '', value = '']) => [name, unescaped(value)]),
    ),
    label: wordsOf(/<button[^>]*>(.*?)<\/button>/s.exec(inside)?.[1] ?? ''),
  })); // prettier-ignore
}

function wordsOf(html: string): string {
  return unescaped(html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ').trim(); // prettier-ignore
}

function unescaped(text: string): string {
  const signs = { lt: '<', gt: '>', quot: '"', amp: '&', '#39': "'" };
  return text.replace(/&(lt|gt|quot|amp|#39);/g, (_all, name: keyof typeof signs) => signs[name]);
}
