/**
 * Word documents through mammoth, which keeps headings, lists and tables. LangChain's DOCX loader gives one run of text
 * without either, so that no section could be cited.
 */
import { strFromU8, strToU8, zipSync } from 'fflate';
import mammoth from 'mammoth';
import { readHtml, type HtmlDocument } from './html.ts';
import { unpackMatching } from '../../files/archive.ts';

export async function readDocx(bytes: Uint8Array): Promise<HtmlDocument> {
  const { archive, removed } = await withoutHiddenRuns(bytes);
  const { value } = await mammoth.convertToHtml(
    { buffer: Buffer.from(archive) },
    {
      styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    },
  );
  const document = await readHtml(value);
  return { ...document, removed: document.removed + removed };
}

/** A run of text with no other run inside. */
const innermostRun = /<w:r(?=[ >])(?:(?!<w:r[ >])[\s\S])*?<\/w:r>/g;
const hiddenMark = /<w:(?:vanish|webHidden)(?:\s+w:val="(?:1|true|on)")?\s*\/>/;

/** Packed again, the archive is as large as it says, and holds no text that Word would not show. */
async function withoutHiddenRuns(bytes: Uint8Array): Promise<{ archive: Uint8Array; removed: number }> {
  const files = await unpackMatching(bytes, /\.(?:xml|rels)$/);
  let removed = 0;
  for (const [name, content] of files) {
    if (!/^word\/\w+\.xml$/.test(name)) continue;
    const visible = strFromU8(content).replace(innermostRun, (run) => {
      if (!hiddenMark.test(run)) return run;
      removed += 1;
      return '';
    });
    files.set(name, strToU8(visible));
  }
  return { archive: zipSync(Object.fromEntries(files), { level: 0 }), removed };
}
