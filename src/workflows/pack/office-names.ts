/** Reports without names: in the words of a Word file, its descriptions and its properties; pictures, which may show some, are blank. */
import { strToU8, unzipSync, zipSync } from 'fflate';
import type { Redact } from './names.ts';

/** One white dot. */
const blank = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==', 'base64'); // prettier-ignore

/** @param bytes  a DOCX that we wrote */
export async function withoutNamesIn(bytes: Uint8Array, redact: Redact): Promise<Uint8Array> {
  const files = unzipSync(bytes);
  const redacted = Object.entries(files).map(([name, content]): [string, Uint8Array] => {
    if (/^word\/media\//.test(name)) return [name, blank];
    if (!/\.xml$/.test(name)) return [name, content];
    return [name, strToU8(withoutNames(new TextDecoder().decode(content), redact))];
  });
  return zipSync(Object.fromEntries(redacted));
}

function withoutNames(xml: string, redact: Redact): string {
  return xml
    .replace(/>([^<]+)</g, (_, text: string) => `>${escaped(redact(plain(text)))}<`)
    .replace(
      /\b(descr|title)="([^"]*)"/g,
      (_, name: string, text: string) => `${name}="${escaped(redact(plain(text)))}"`,
    );
}

const signs: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text
    .replace(/&#(x?)([\da-f]+);/gi, (_, hex: string, code: string) =>
      String.fromCodePoint(parseInt(code, hex === '' ? 10 : 16)),
    )
    .replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => signs[name] ?? '');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
