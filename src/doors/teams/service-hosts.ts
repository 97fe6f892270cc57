/** The hosts that our bot token may be sent to: an exact list, checked when an address comes in and again at every send. */
import type { Mode } from './mode.ts';

/** Microsoft documents these; regions differ in the path alone. Never a wildcard: anybody can have a name below trafficmanager.net. */
const documentedHosts = [
  'smba.trafficmanager.net',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
];

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

export function isServiceUrlAllowed(mode: Mode, serviceUrl: string): boolean {
  const url = parsed(serviceUrl);
  if (url === null) return false;
  const loopback = loopbackNames.includes(url.hostname);
  if (mode.kind === 'playground') return loopback;
  if (url.protocol !== 'https:' && !loopback) return false;
  if (mode.extraServiceHosts.some((listed) => matches(url, listed.toLowerCase()))) return true;
  return url.protocol === 'https:' && url.port === '' && documentedHosts.includes(url.hostname);
}

/** Where files of a personal chat are put and lie: the person's own OneDrive, which is a SharePoint host. */
export function isFileUrlAllowed(mode: Mode, fileUrl: string): boolean {
  const url = parsed(fileUrl);
  if (url === null) return false;
  if (mode.kind === 'playground') return loopbackNames.includes(url.hostname);
  const loopback = loopbackNames.includes(url.hostname);
  if (mode.extraServiceHosts.some((listed) => matches(url, listed.toLowerCase())))
    return loopback || url.protocol === 'https:';
  return (
    url.protocol === 'https:' && url.port === '' && /^[a-z0-9-]+\.sharepoint\.(com|us)$/.test(url.hostname)
  );
}

/** Two ways to write one address are the same: case, and a slash at the end. */
export function normalUrl(text: string): string | null {
  return parsed(text)?.href.replace(/\/+$/, '').toLowerCase() ?? null;
}

function matches(url: URL, listed: string): boolean {
  return (
    url.host === listed || (url.hostname === listed && (url.port === '' || loopbackNames.includes(listed)))
  );
}

/** Null for what is no plain web address: nobody puts a name and a password, a query or a fragment into these. */
function parsed(text: string): URL | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    return null;
  return url;
}
