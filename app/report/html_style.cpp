#include "app/report/html_style.h"

namespace app {

std::string htmlStyle() {
    return R"css(:root{--ground:#fbfaf7;--paper:#ffffff;--ink:#1d2126;--soft:#565d66;--line:#dedbd3;--accent:#1f5fa8;--mark:#ffe9a3;--markline:#b98500;--code:#f4f2ec;--good:#1c6b3c;--warn:#8a5a00;--bad:#b3261e;--crit:#8e1451;--high:#b3261e;--med:#8a5a00;--low:#1f5fa8;--note:#565d66}
@media (prefers-color-scheme:dark){:root{--ground:#15181c;--paper:#1c2025;--ink:#e7e9ec;--soft:#a7afb9;--line:#343a42;--accent:#8ab8f0;--mark:#5a4a12;--markline:#e0b54a;--code:#22272e;--good:#7fd09b;--warn:#e6b454;--bad:#ff9a91;--crit:#ff9ccb;--high:#ff9a91;--med:#e6b454;--low:#8ab8f0;--note:#a7afb9}}
*{box-sizing:border-box}
html{font-size:100%;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
header,main,footer{max-width:60rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2.5rem}
.brand{margin:0 0 1.2rem;font-weight:700;letter-spacing:.02em;color:var(--accent)}
.brand span{font-weight:400;color:var(--soft);margin-left:.5rem}
h1{font-size:2.1rem;line-height:1.2;margin:0 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.35rem;margin:0 0 1rem;padding-bottom:.35rem;border-bottom:1px solid var(--line)}
h3{font-size:1.05rem;line-height:1.4;margin:0 0 .5rem;overflow-wrap:anywhere}
.subject{color:var(--soft);margin:.2rem 0 1rem;overflow-wrap:anywhere}
.question{font-size:1.15rem;margin:.4rem 0 1.2rem;padding-left:.9rem;border-left:4px solid var(--accent);overflow-wrap:anywhere}
.opening{list-style:none;margin:0;padding:.9rem 1.1rem;background:var(--paper);border:1px solid var(--line);border-left:5px solid var(--good);border-radius:6px;font-size:.95rem}
.opening.incomplete{border-left-color:var(--warn)}
.opening li:first-child{font-weight:650}
.opening li+li{color:var(--soft)}
section{margin:2.6rem 0}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,pre:focus-visible,.scroll:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.skip{position:absolute;left:-100rem}
.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.hidden{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;clip:rect(0 0 0 0);white-space:nowrap;border:0}
code,pre{font-family:ui-monospace,"Cascadia Mono","JetBrains Mono","DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.86rem}
.finding{background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:1.1rem 1.3rem;margin:0 0 1.1rem;break-inside:avoid-page}
.finding:target{outline:3px solid var(--accent)}
.finding p{margin:.35rem 0;overflow-wrap:anywhere}
.facts{color:var(--soft);font-size:.86rem}
.consequence,.state{color:var(--soft)}
.id{color:var(--soft);font-weight:500}
.chip{display:inline-block;font-size:.78rem;font-weight:650;line-height:1.5;padding:0 .55rem;border:1.5px solid currentColor;border-radius:999px;vertical-align:.08em;white-space:nowrap}
.critical{color:var(--crit)}.high{color:var(--high)}.medium{color:var(--med)}.low{color:var(--low)}.note{color:var(--note)}
.counts,.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;padding:0;margin:0 0 1rem}
.toc{list-style:none;padding:0;margin:0 0 1.6rem;font-size:.92rem;columns:1}
.toc li{margin:.15rem 0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.toc a{text-decoration:none;color:var(--ink)}
.toc a:hover{text-decoration:underline}
.toc .chip{min-width:5.8rem;text-align:center;margin-right:.35rem}
figure{margin:.8rem 0 0}
figcaption{font-size:.84rem;color:var(--soft);margin-bottom:.25rem;overflow-wrap:anywhere}
.role{text-transform:uppercase;font-size:.7rem;letter-spacing:.06em;font-weight:650}
.proven{color:var(--good);white-space:nowrap}.weak{color:var(--warn);white-space:nowrap}.failed{color:var(--bad);white-space:nowrap}
pre{margin:0;padding:.65rem .8rem;background:var(--code);border:1px solid var(--line);border-radius:6px;overflow-x:auto;scrollbar-width:thin;line-height:1.5;tab-size:4}
pre code{display:block;min-width:max-content}
pre.page code{min-width:0;white-space:pre-wrap}
.passage pre code{min-width:0;white-space:pre-wrap;overflow-wrap:anywhere}
.n{display:inline-block;min-width:3.2em;margin-right:1em;text-align:right;color:var(--soft);user-select:none}
mark{background:var(--mark);color:inherit;border-bottom:2px solid var(--markline);padding:.05em 0}
.sentences{padding-left:1.1rem;margin:.3rem 0 1rem}
.sentences li{margin:.4rem 0;overflow-wrap:anywhere}
.sentences li.passage{list-style:none;margin-left:-1.1rem}
.group{margin:1.2rem 0 .2rem;color:var(--soft);font-weight:600}
.cite{font-size:.82rem;color:var(--soft);white-space:nowrap;margin-left:.35rem}
.cite code{white-space:normal;overflow-wrap:anywhere;font-size:.8rem}
.computed{color:inherit}
.badge{font-size:.75em;border:1px solid var(--soft);border-radius:.6em;padding:0 .45em;white-space:nowrap}
.generated{font-style:italic;border-bottom:1px dotted var(--soft)}
.support{font-size:.8rem;color:var(--warn)}
.bar{display:flex;height:.9rem;border-radius:6px;overflow:hidden;background:var(--code);border:1px solid var(--line);margin:.6rem 0}
.bar span{display:block;min-width:2px}
.read{background:#2e7d52}.structure{background:#5b8fc9}.excluded{background:#a9a79f}.unreadable{background:#c2473d}.overbudget{background:#c98a1c}.withheld{background:#8a4f9e}
.dot{display:inline-block;width:.75em;height:.75em;border-radius:3px;margin-right:.4em}
.legend{font-size:.88rem;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.86rem}
th,td{text-align:left;padding:.35rem .7rem .35rem 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
th{color:var(--soft);font-weight:600;white-space:nowrap}
.num{text-align:right;white-space:nowrap}
#manifest td:nth-child(5),#log td:nth-child(5){font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-size:.74rem;color:var(--soft)}
summary{cursor:pointer;padding:.3rem 0;color:var(--accent)}
footer{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.88rem}
@media (max-width:40rem){header,main,footer{padding-left:1rem;padding-right:1rem}h1{font-size:1.6rem}.cite{white-space:normal}}
@media print{:root{--ground:#fff;--paper:#fff;--ink:#000;--soft:#444;--line:#bbb;--code:#f6f6f6;--mark:#ffeeb8}body{font-size:10pt}header,main,footer{max-width:none;padding:0}.skip,.toc{display:none}pre{white-space:pre-wrap;overflow-wrap:anywhere}pre code{min-width:0}.scroll{overflow:visible}a{color:inherit;text-decoration:none}section{margin:1.4rem 0}h2,h3,figcaption{break-after:avoid}}
)css";
}

} // namespace app
