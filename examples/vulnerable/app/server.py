"""What members see: berths and invoices."""

from flask import Flask, abort, jsonify, request, send_from_directory

from app import invoices, jobs
from app.store import Berths

app = Flask(__name__)
berths = Berths("harbour.db")


@app.get("/berths")
def find_berths():
    """Berths of a pier, longest first."""
    pier = request.args.get("pier", "")
    return jsonify(berths.on_pier(pier))


@app.get("/berths/<int:number>")
def one_berth(number):
    berth = berths.by_number(number)
    if berth is None:
        abort(404)
    return jsonify(berth)


@app.get("/invoices/<member>/<month>")
def invoice(member, month):
    """The invoice as plain text."""
    return invoices.text_of(member, month), 200, {"Content-Type": "text/plain"}


@app.get("/maps/<path:name>")
def harbour_map(name):
    return send_from_directory("maps", name)


@app.post("/office/backup")
def backup():
    jobs.copy_database(request.form["target"])
    return jsonify(done=True)
