/** The page's own style: system fonts, the reader's choice of light or dark, readable on a phone. */
export const style = `:root { color-scheme: light dark; --line: #8885; --accent: #0b63c5; }
@media (prefers-color-scheme: dark) { :root { --accent: #7ab8ff; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: var(--accent); }
ul.links { list-style: none; padding: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); }
ul.links li { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
ul.links small { display: block; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
caption { text-align: left; padding-bottom: .5rem; }
`;
