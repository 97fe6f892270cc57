/** Shares in rows and columns as a picture that reads on a phone: each cell has its colour, and its number for who sees no colours. */
import { loadCanvas, paint, type Pen, type Picture } from './canvas.ts';

export interface Grid {
  columns: readonly string[];
  rows: readonly {
    label: string;
    /** 0 to 1; null where nothing is known. */
    shares: readonly (number | null)[];
  }[];
}

/** Pixels; twice what a phone shows, so that it stays sharp. */
const width = 800;
const rowHeight = 64;
const headHeight = 60;
const fontSize = 24;
const labelSize = 22;
/** Characters of a line of a label that leave room for the cells. */
const longestLine = 24;

/** From orange over sand to teal: apart also for those who cannot tell red from green. */
const colours = [
  [0xe0, 0x7b, 0x39],
  [0xf1, 0xde, 0xa6],
  [0x4f, 0xa8, 0x9b],
] as const;
const unknown = '#e4e4e4';

export async function drawGrid({ columns, rows: given }: Grid): Promise<Picture> {
  // The chart begins at the bottom.
  const rows = given.toReversed();
  const [createCanvas, Chart] = await Promise.all([loadCanvas(), loadChart()]);
  const labels = rows.map(({ label }, index) => `${index}:${label}`);
  const cells = rows.flatMap(({ shares }, row) =>
    columns.map((column, index) => ({ x: column, y: labels[row] ?? '', share: shares[index] ?? null })),
  );
  const canvas = createCanvas(width, headHeight + rows.length * rowHeight);
  const font = { family: 'Inter', size: fontSize };
  const chart = new Chart(canvas, {
    type: 'matrix',
    data: {
      datasets: [
        {
          data: cells,
          backgroundColor: ({ dataIndex }: { dataIndex: number }) =>
            colourOf(cells[dataIndex]?.share ?? null),
          width: ({ chart: { chartArea } }) => Math.max(0, (chartArea?.width ?? 0) / columns.length - 4),
          height: () => rowHeight - 4,
        },
      ],
    },
    options: {
      animation: false,
      responsive: false,
      devicePixelRatio: 1,
      layout: { padding: 4 },
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: {
          type: 'category',
          labels: [...columns],
          position: 'top',
          offset: true,
          border: { display: false },
          grid: { display: false },
          ticks: { font, color: '#222', maxRotation: 0, autoSkip: false },
        },
        y: {
          type: 'category',
          labels,
          offset: true,
          border: { display: false },
          grid: { display: false },
          ticks: {
            font: { ...font, size: labelSize },
            color: '#222',
            autoSkip: false,
            callback: (_, index) => linesOf(rows[index]?.label ?? ''),
          },
        },
      },
    },
    plugins: [
      { id: 'paper', beforeDraw: (drawn) => paint(drawn.ctx as Pen, width, canvas.height) },
      {
        id: 'numbers',
        afterDatasetsDraw(drawn) {
          const ctx = drawn.ctx as Pen;
          Object.assign(ctx, {
            font: `${fontSize}px Inter`,
            fillStyle: '#111',
            textAlign: 'center',
            textBaseline: 'middle',
          });
          for (const [index, element] of drawn.getDatasetMeta(0).data.entries()) {
            const { x, y } = (
              element as unknown as { getCenterPoint(): { x: number; y: number } }
            ).getCenterPoint();
            const share = cells[index]?.share ?? null;
            ctx.fillText(share === null ? '–' : `${Math.round(share * 100)} %`, x, y);
          }
        },
      },
    ],
  });
  chart.draw();
  const bytes = canvas.toBuffer('image/png');
  chart.destroy();
  return { bytes, size: { width, height: canvas.height } };
}

/** A long label stands on two lines, and ends where these are full. */
function linesOf(label: string): string[] {
  if (label.length <= longestLine) return [label];
  const cut = label.lastIndexOf(' ', longestLine);
  const [first, rest] = [
    label.slice(0, cut < 1 ? longestLine : cut),
    label.slice(cut < 1 ? longestLine : cut + 1),
  ];
  return [first, rest.length <= longestLine ? rest : `${rest.slice(0, longestLine - 1).trimEnd()}…`];
}

function colourOf(share: number | null): string {
  if (share === null) return unknown;
  const at = Math.min(Math.max(share, 0), 1) * (colours.length - 1);
  const from = colours[Math.floor(at)] ?? colours[0];
  const to = colours[Math.ceil(at)] ?? from;
  const mixed = from.map((value, index) => Math.round(value + ((to[index] ?? value) - value) * (at % 1)));
  return `rgb(${mixed.join(' ')})`;
}

let ready: Promise<typeof import('chart.js').Chart> | undefined;

/** Loaded when the first chart is drawn. */
function loadChart() {
  ready ??= (async () => {
    const [{ Chart, CategoryScale }, { MatrixController, MatrixElement }] = await Promise.all([
      import('chart.js'),
      import('chartjs-chart-matrix'),
    ]);
    Chart.register(CategoryScale, MatrixController, MatrixElement);
    return Chart;
  })();
  return ready;
}
