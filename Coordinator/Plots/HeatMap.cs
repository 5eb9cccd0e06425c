using System.Collections.Immutable;
using System.Globalization;

namespace Mneme.Coordinator.Plots;

/// <summary>A matrix of numbers.</summary>
/// <param name="Rows">Their names, from the top.</param>
/// <param name="Cells">NaN for a cell that is not known.   // [row][column]</param>
/// <param name="Notes">What stands small below a number.   // [row][column]</param>
/// <param name="Framed">For each row the column with a frame around its cell, or -1.</param>
internal sealed record HeatTable(
    ImmutableArray<string> Rows, ImmutableArray<string> Columns,
    ImmutableArray<ImmutableArray<double>> Cells, ImmutableArray<ImmutableArray<string>> Notes,
    ImmutableArray<int> Framed);

/// <summary>A matrix as coloured cells with their numbers, as one SVG file.</summary>
internal static class HeatMap
{
    // More cells than these have no room for their numbers.
    private const int MostNumbered = 20;
    private const double Top = 96, Margin = 24, CharacterWidth = 6.8, Narrowest = 496;

    private static readonly TextStyle Note = new(12, Palette.Grey);
    private static readonly TextStyle Name = new(12, Palette.Ink);
    private static readonly LineStyle Frame = new(Palette.Ink);

    public static string Svg(HeatTable table, double low, double high, FigureText text)
    {
        var isNumbered = Math.Max(table.Rows.Length, table.Columns.Length) <= MostNumbered;
        var (width, height) = isNumbered ? (70.0, 44.0) : (16.0, 12.0);
        var left = Margin + CharacterWidth * table.Rows.Max(row => row.Length) + 12;
        var canvas = new SvgCanvas(
            Math.Max(Math.Max(left + width * table.Columns.Length, Narrowest),
                Margin + FigureTitle.WidthOf(text.Title)) + Margin,
            Top + height * table.Rows.Length + Margin, text.Title);
        FigureTitle.Draw(canvas, Margin, text.Title);
        canvas.Text(Margin, 47, text.Note, Note);
        canvas.Text(left + width * table.Columns.Length / 2, 70, text.Across, Name, "middle");
        var cells = new Grid(canvas, left, width, height, isNumbered);
        for (var column = 0; column < table.Columns.Length; column++)
            cells.ColumnName(column, table.Columns);
        for (var row = 0; row < table.Rows.Length; row++)
        {
            cells.RowName(row, table.Rows);
            for (var column = 0; column < table.Columns.Length; column++)
                cells.Cell(row, column, table, Share(table.Cells[row][column], low, high));
        }
        for (var row = 0; row < table.Rows.Length; row++)
            if (table.Framed[row] >= 0) cells.Framed(row, table.Framed[row]);
        return canvas.Finish();
    }

    private static double Share(double value, double low, double high) =>
        Math.Clamp((value - low) / (high - low), 0, 1);

    private sealed class Grid(
        SvgCanvas canvas, double left, double width, double height, bool isNumbered)
    {
        public void ColumnName(int column, ImmutableArray<string> names)
        {
            if (!IsNamed(column, names.Length)) return;
            canvas.Text(X(column) + width / 2, Top - 8, names[column], Name, "middle");
        }

        public void RowName(int row, ImmutableArray<string> names)
        {
            if (!IsNamed(row, names.Length)) return;
            canvas.Text(left - 8, Y(row) + height / 2 + 4, names[row], Name, "end");
        }

        public void Cell(int row, int column, HeatTable table, double share)
        {
            var value = table.Cells[row][column];
            var isKnown = double.IsFinite(value);
            canvas.Rectangle(X(column) + 0.5, Y(row) + 0.5, width - 1, height - 1,
                isKnown ? Palette.Between(share) : Palette.Grid);
            if (!isNumbered) return;
            var color = isKnown && share < 0.7 ? Palette.Paper : Palette.Ink;
            var note = table.Notes[row][column];
            canvas.Text(X(column) + width / 2, Y(row) + height / 2 + (note.Length > 0 ? -1 : 5),
                isKnown ? value.ToString("0.000", CultureInfo.InvariantCulture) : "-",
                new TextStyle(14, color), "middle");
            if (note.Length > 0)
                canvas.Text(X(column) + width / 2, Y(row) + height / 2 + 14, note,
                    new TextStyle(10.5, color), "middle");
        }

        public void Framed(int row, int column)
        {
            var (x, y) = (X(column) + 1.5, Y(row) + 1.5);
            var (right, bottom) = (x + width - 3, y + height - 3);
            canvas.Polyline([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)],
                Frame, width: isNumbered ? 2.5 : 1.5);
        }

        // Without numbers cells are small: every fifth has a name.
        private bool IsNamed(int place, int count) =>
            isNumbered || place % 5 == 0 || place == count - 1;

        private double X(int column) => left + column * width;

        private double Y(int row) => Top + row * height;
    }
}
