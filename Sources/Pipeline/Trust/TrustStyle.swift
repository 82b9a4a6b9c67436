/// How `trust.html` looks: light, on narrow screens too, and the same on paper.
enum TrustStyle {
    static let sheet: StaticString = """
        <style>
        :root { color-scheme: light; }
        body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; } h2 { font-size: 1.3rem; margin-top: 0; } h3 { font-size: 1rem; }
        section { border-top: 1px solid #ccc; padding-top: 1.5rem; margin-top: 2rem; }
        table { border-collapse: collapse; } th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid #e5e5e5; }
        td:nth-child(n+3) { font-variant-numeric: tabular-nums; }
        .small { font-size: .85rem; color: #555; } .summary { font-weight: 600; }
        .level { font-size: .8rem; padding: .15rem .6rem; border-radius: 1rem; color: #fff; vertical-align: middle; }
        .level.supported { background: #1e7b4a; } .level.doubtful { background: #9a6700; } .level.contradicted { background: #b3261e; }
        td.supported { color: #1e7b4a; } td.doubtful { color: #9a6700; } td.contradicted { color: #b3261e; }
        .findings { list-style: none; padding: 0; } .findings li { padding-left: 1.6rem; position: relative; margin: .3rem 0; }
        .findings li::before { position: absolute; left: 0; font-weight: 700; }
        .findings .passed::before { content: "✓"; color: #1e7b4a; } .findings .unclear::before { content: "?"; color: #9a6700; }
        .findings .failed::before { content: "✗"; color: #b3261e; }
        .wide { overflow-x: auto; } .wide td, .wide th { white-space: nowrap; }
        .sheet { max-width: 100%; } .stages { display: flex; flex-wrap: wrap; gap: .5rem; }
        figure { margin: 0; width: 7rem; } figure img { width: 100%; display: block; } figcaption { font-size: .7rem; overflow-wrap: anywhere; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1rem; margin-top: 1.5rem; }
        svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: #444; } svg .title { font-size: 14px; font-weight: 600; fill: #222; }
        svg .stage { font-size: 10px; }
        @page { margin: 1.2cm; }
        @media print {
          html { font-size: 11px; } body { font-size: 1rem; margin: 0; max-width: none; } section { break-before: page; border: 0; margin: 0; padding: 0; }
          figure { width: 5rem; } .sheet { max-width: 55%; } svg { width: 65%; } figure, svg, .sheet, h2, h3 { break-inside: avoid; } h2, h3 { break-after: avoid; }
          .plots { grid-template-columns: 1fr 1fr; } .level, td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        }
        </style>
        """
}
