/**
 * Word documents through mammoth, which keeps headings, lists and tables. LangChain's DOCX loader gives one run of text
 * without either, so that no section could be cited.
 */
import mammoth from 'mammoth';
import { readHtml, type HtmlDocument } from './html.ts';
import { assertSafeZip } from './zip.ts';

export async function readDocx(bytes: Uint8Array): Promise<HtmlDocument> {
  assertSafeZip(bytes);
  const { value } = await mammoth.convertToHtml(
    { buffer: Buffer.from(bytes) },
    {
      styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"],
      convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
    },
  );
  return readHtml(value);
}
