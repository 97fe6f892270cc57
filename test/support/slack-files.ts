/** Files that people put into the stand-in for Slack: what is said of each, and who may read it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface SlackFile {
  name: string;
  content: Uint8Array;
  /** Facts that `files.info` says otherwise. */
  facts?: Record<string, unknown>;
  /** What becomes of the download instead. */
  fault?: 'sign-in page' | 'sends on' | 'endless' | 'gone' | 'down';
}

/** @param mayRead  whether this token may read files */
export function createFiles(url: () => string, mayRead: (token: string) => boolean) {
  const files = new Map<string, SlackFile>();
  /** What each download was asked with. */
  const downloads: { path: string; authorization: string | null }[] = [];

  function info(id: string, token: string): Record<string, unknown> {
    if (!mayRead(token)) return { ok: false, error: 'missing_scope' };
    const file = files.get(id);
    if (file === undefined) return { ok: false, error: 'file_not_found' };
    const address = `${url()}/files-pri/${id}/${encodeURIComponent(file.name)}`;
    return {
      ok: true,
      file: {
        id,
        name: file.name,
        size: file.content.length,
        mimetype: 'application/octet-stream',
        mode: 'hosted',
        is_external: false,
        url_private: address,
        url_private_download: `${address}?download=1`,
        ...file.facts,
      },
    };
  }

  function download(request: IncomingMessage, response: ServerResponse, path: string): void {
    const authorization = request.headers.authorization ?? null;
    downloads.push({ path, authorization });
    const file = files.get(path.split('/')[2] ?? '');
    if (file === undefined || file.fault === 'gone') return void response.writeHead(404).end();
    if (file.fault === 'down') return void response.writeHead(503).end();
    if (file.fault === 'sign-in page')
      return void response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!DOCTYPE html><title>Sign in</title>');
    if (file.fault === 'sends on' || !mayRead((authorization ?? '').replace('Bearer ', '')))
      return void response.writeHead(302, { location: `${url()}/signin` }).end();
    response.writeHead(200, { 'content-type': 'application/octet-stream' });
    if (file.fault !== 'endless') return void response.end(file.content);
    const more = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024)));
    };
    response.on('drain', more);
    more();
  }
  return { files, downloads, info, download };
}
