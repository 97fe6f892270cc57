/** What pictures are drawn on. */
import { createRequire } from 'node:module';

/** Of a canvas what is used here: its type needs a browser's. */
export interface Pen {
  font: string;
  fillStyle: string;
  textAlign: string;
  textBaseline: string;
  fillRect(x: number, y: number, width: number, height: number): void;
  fillText(text: string, x: number, y: number, most?: number): void;
}

export interface Picture {
  /** PNG */
  bytes: Uint8Array;
  size: { width: number; height: number };
}

const scripts = ['latin', 'latin-ext', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext', 'vietnamese'];
const weights = [400, 600];

let ready: Promise<typeof import('@napi-rs/canvas')> | undefined;

/** Loaded when the first picture is drawn, with a font of our own, Inter: a server may have none. */
function drawing() {
  ready ??= (async () => {
    const canvas = await import('@napi-rs/canvas');
    const { resolve } = createRequire(import.meta.url);
    for (const script of scripts)
      for (const weight of weights)
        canvas.GlobalFonts.registerFromPath(
          resolve(`@fontsource/inter/files/inter-${script}-${weight}-normal.woff2`),
          'Inter',
        );
    return canvas;
  })();
  return ready;
}

export async function loadCanvas() {
  return (await drawing()).createCanvas;
}

export async function loadPdf() {
  return (await drawing()).PDFDocument;
}

export function paint(ctx: Pen, width: number, height: number): void {
  ctx.fillStyle = '#ffffff';
  ctx.fillRect(0, 0, width, height);
}
