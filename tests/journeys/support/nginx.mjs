// nginx lets customers in beside our own doors.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { asFiles, scratch } from "./keys.mjs";
import { end, freePort, run, start, until } from "./run.mjs";

// withNginx is a bank's own web server in front of another application: nginx with client certificates of the CAs in a file (d1's when
// none is named), told of revocations by `how`.
export async function withNginx(demo, how, work, ca = demo.path(demo.institution("d1").ca)) {
  const dir = join(dirname(scratch("")), `nginx-${Math.random().toString(36).slice(2)}`);
  await mkdir(dir, { recursive: true });
  const port = await freePort();
  const tls = join(demo.dir, "tls");
  await writeFile(join(dir, "nginx.conf"), `
daemon off;
master_process off;
pid ${dir}/pid;
error_log ${dir}/error.log info;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path ${dir}; proxy_temp_path ${dir}; fastcgi_temp_path ${dir}; uwsgi_temp_path ${dir}; scgi_temp_path ${dir};
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${tls}/any.d1.localhost.pem;
    ssl_certificate_key ${tls}/any.d1.localhost.key;
    ssl_client_certificate ${ca};
    ssl_verify_client on;
    ssl_verify_depth 3;
    ${how}
    location / { default_type text/plain; return 200 "$ssl_client_verify"; }
  }
}
`);
  const child = start("nginx", ["-p", dir, "-c", join(dir, "nginx.conf"), "-e", join(dir, "error.log")], { stdio: "ignore" });
  try {
    const visit = async (holder) => {
      const { cert, key } = await asFiles(holder);
      const { out, code } = await run("curl", ["-sk", "-w", " %{http_code}", "--cert", cert, "--key", key, `https://127.0.0.1:${port}/`],
                                      { allow: [0, 35, 52, 56] });
      return code === 0 ? out : `refused ${code}`;
    };
    await until("nginx", async () => (await run("curl", ["-sk", "-o", "/dev/null", `https://127.0.0.1:${port}/`], { allow: [0] })).code === 0);
    return await work(visit, () => readFile(join(dir, "error.log"), "utf8"));
  } finally {
    await end(child);
  }
}
