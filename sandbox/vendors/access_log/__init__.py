"""The web server's access log in the combined format (https://httpd.apache.org/docs/2.4/logs.html#combined), rotated each month."""
