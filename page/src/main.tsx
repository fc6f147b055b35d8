import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./style/page.css";
import { applyTheme } from "./workspace/theme.ts";

applyTheme();

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
